/* Makes kill -9 a loss of power, for SQLite files: LD_PRELOAD=powerloss.so.
 *
 * What a process writes to a file `*.db` or `*-wal` stays in its memory until it calls fsync or fdatasync on a
 * descriptor of that file. Reads, sizes and stat see it at once. SIGKILL therefore loses exactly what was written after
 * the last sync, where without this library the kernel keeps it. A process that ends by itself (exit) has lost no
 * power: its writes are kept.
 *
 * P1 Pending operations belong to the file (device and inode), not to the descriptor: they outlive close, are seen
 *    through every descriptor of the process, follow a rename and are forgotten by an unlink.
 * P2 They are performed in the order in which they were made, all of them before the sync returns.
 * P3 -shm is left alone (it is mapped, and rebuilt after a crash). Creating, renaming and deleting files is durable at
 *    once.
 *
 * POWERLOSS_LEAK=percent   this share of the writes reaches the file at once as well, as when the kernel writes back
 *                          early: after a kill an arbitrary part of what was not synced is there (torn tails).
 * POWERLOSS_LIE=1          a disk that lies: sync says that it is done and does nothing.
 * POWERLOSS_STATS=file     kept up to date: calls of fsync and fdatasync, and bytes that they made durable.
 *
 * Limits: one process at a time for each file; no mmap of the files (SQLite's mmap_size stays 0); Linux with glibc
 * 2.33+.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ({ static __typeof__(&name) it; if (it == NULL) it = (__typeof__(&name))real(#name); it; })

/* A write of `length` bytes at `offset`; without `bytes`, a truncation to `offset`. */
typedef struct Operation {
  off_t offset;
  size_t length;
  char *bytes;
} Operation;

typedef struct File {
  dev_t device;
  ino_t inode;
  off_t size; /* with everything that is pending */
  size_t count, room;
  Operation *operations;
  char *path;
  struct File *next;
} File;

static File *files;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long fsyncs, fdatasyncs, syncedBytes;
static int leakPercent, isLying;

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) { fprintf(stderr, "powerloss: no %s here\n", name); abort(); }
  return found;
}

__attribute__((constructor)) static void start(void) {
  const char *leak = getenv("POWERLOSS_LEAK");
  leakPercent = leak == NULL ? 0 : atoi(leak);
  isLying = getenv("POWERLOSS_LIE") != NULL;
  srand((unsigned)getpid());
}

static int isWatched(const char *path) {
  size_t length = strlen(path);
  return length > 4 && (strcmp(path + length - 3, ".db") == 0 || strcmp(path + length - 4, "-wal") == 0);
}

static File *find(const struct stat *facts) {
  for (File *file = files; file != NULL; file = file->next)
    if (file->inode == facts->st_ino && file->device == facts->st_dev) return file;
  return NULL;
}

/* The watched file behind a descriptor, with the lock held; or NULL, without it. */
static File *take(int fd) {
  struct stat facts;
  if (files == NULL || REAL(fstat)(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) return NULL;
  pthread_mutex_lock(&mutex);
  File *file = find(&facts);
  if (file == NULL) pthread_mutex_unlock(&mutex);
  return file;
}

static void forgetOperations(File *file) {
  for (size_t i = 0; i < file->count; i++) free(file->operations[i].bytes);
  file->count = 0;
}

static void push(File *file, off_t offset, const void *bytes, size_t length) {
  if (file->count == file->room) {
    file->room = file->room == 0 ? 64 : file->room * 2;
    file->operations = realloc(file->operations, file->room * sizeof(Operation));
  }
  char *copy = bytes == NULL ? NULL : malloc(length == 0 ? 1 : length);
  if (file->operations == NULL || (bytes != NULL && copy == NULL)) abort();
  if (bytes != NULL) memcpy(copy, bytes, length);
  file->operations[file->count++] = (Operation){offset, length, copy};
  if (bytes == NULL) file->size = offset;
  else if (offset + (off_t)length > file->size) file->size = offset + (off_t)length;
}

static ssize_t writeAt(int fd, File *file, const void *bytes, size_t length, off_t offset) {
  push(file, offset, bytes, length);
  if (leakPercent > 0 && rand() % 100 < leakPercent && REAL(pwrite)(fd, bytes, length, offset) < 0) abort();
  return (ssize_t)length;
}

/* What is in the file, under everything that is pending. */
static ssize_t readAt(int fd, File *file, char *bytes, size_t length, off_t offset) {
  if (offset >= file->size) return 0;
  if (offset + (off_t)length > file->size) length = (size_t)(file->size - offset);
  ssize_t got = REAL(pread)(fd, bytes, length, offset);
  if (got < 0) return got;
  memset(bytes + got, 0, length - (size_t)got);
  for (size_t i = 0; i < file->count; i++) {
    Operation *one = &file->operations[i];
    off_t from = one->offset > offset ? one->offset : offset;
    off_t end = offset + (off_t)length;
    off_t to = one->bytes == NULL || one->offset + (off_t)one->length > end ? end : one->offset + (off_t)one->length;
    if (from >= to) continue;
    if (one->bytes == NULL) memset(bytes + (from - offset), 0, (size_t)(to - from));
    else memcpy(bytes + (from - offset), one->bytes + (from - one->offset), (size_t)(to - from));
  }
  return (ssize_t)length;
}

static int perform(int fd, File *file) {
  for (size_t i = 0; i < file->count; i++) {
    Operation *one = &file->operations[i];
    if (one->bytes == NULL ? REAL(ftruncate)(fd, one->offset) != 0
                           : REAL(pwrite)(fd, one->bytes, one->length, one->offset) != (ssize_t)one->length) return -1;
    syncedBytes += one->length;
  }
  forgetOperations(file);
  return 0;
}

/* The process ends by itself: the kernel would have kept what it wrote. */
__attribute__((destructor)) static void end(void) {
  struct stat facts;
  for (File *file = files; file != NULL; file = file->next) {
    int fd = file->count == 0 || file->path == NULL ? -1 : REAL(open)(file->path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && REAL(fstat)(fd, &facts) == 0 && find(&facts) == file) perform(fd, file);
  }
}

static void writeStats(void) {
  const char *path = getenv("POWERLOSS_STATS");
  char text[160];
  int fd = path == NULL ? -1 : REAL(open)(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return;
  const char *form = "{\"fsync\":%10lu,\"fdatasync\":%10lu,\"bytes\":%14lu}\n";
  int length = snprintf(text, sizeof text, form, fsyncs, fdatasyncs, syncedBytes);
  if (REAL(pwrite)(fd, text, (size_t)length, 0) != length) abort();
  REAL(close)(fd);
}

static int syncFile(int fd, unsigned long *calls, int (*sync)(int)) {
  File *file = take(fd);
  if (file == NULL) return sync(fd);
  int failed = !isLying && (perform(fd, file) != 0 || sync(fd) != 0);
  ++*calls;
  writeStats();
  pthread_mutex_unlock(&mutex);
  return failed ? -1 : 0;
}
int fsync(int fd) { return syncFile(fd, &fsyncs, REAL(fsync)); }
int fdatasync(int fd) { return syncFile(fd, &fdatasyncs, REAL(fdatasync)); }

static int opened(int fd, const char *path, int flags) {
  struct stat facts;
  if (fd < 0 || !isWatched(path) || REAL(fstat)(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) return fd;
  pthread_mutex_lock(&mutex);
  File *file = find(&facts);
  if (file == NULL) {
    file = calloc(1, sizeof(File));
    if (file == NULL) abort();
    *file = (File){facts.st_dev, facts.st_ino, facts.st_size, 0, 0, NULL, realpath(path, NULL), files};
    files = file;
  }
  if (flags & O_TRUNC) push(file, 0, NULL, 0);
  pthread_mutex_unlock(&mutex);
  return fd;
}

/* O_TRUNC is one more pending operation. */
static int openWith(int at, const char *path, int flags, va_list rest) {
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  return opened(REAL(openat)(at, path, isWatched(path) ? flags & ~O_TRUNC : flags, mode), path, flags);
}
#define OPEN(name, parameters, at, more)                 \
  int name parameters {                                  \
    va_list rest;                                        \
    va_start(rest, flags);                               \
    int fd = openWith(at, path, flags | (more), rest);   \
    va_end(rest);                                        \
    return fd;                                           \
  }
OPEN(open, (const char *path, int flags, ...), AT_FDCWD, 0)
OPEN(open64, (const char *path, int flags, ...), AT_FDCWD, O_LARGEFILE)
OPEN(openat, (int at, const char *path, int flags, ...), at, 0)
OPEN(openat64, (int at, const char *path, int flags, ...), at, O_LARGEFILE)

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  File *file = take(fd);
  if (file == NULL) return REAL(pwrite)(fd, bytes, length, offset);
  ssize_t done = writeAt(fd, file, bytes, length, offset);
  pthread_mutex_unlock(&mutex);
  return done;
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) { return pwrite(fd, bytes, length, offset); }

ssize_t pread(int fd, void *bytes, size_t length, off_t offset) {
  File *file = take(fd);
  if (file == NULL) return REAL(pread)(fd, bytes, length, offset);
  ssize_t done = readAt(fd, file, bytes, length, offset);
  pthread_mutex_unlock(&mutex);
  return done;
}
ssize_t pread64(int fd, void *bytes, size_t length, off_t offset) { return pread(fd, bytes, length, offset); }

ssize_t write(int fd, const void *bytes, size_t length) {
  File *file = take(fd);
  if (file == NULL) return REAL(write)(fd, bytes, length);
  off_t offset = fcntl(fd, F_GETFL) & O_APPEND ? file->size : lseek(fd, 0, SEEK_CUR);
  ssize_t done = writeAt(fd, file, bytes, length, offset);
  lseek(fd, offset + done, SEEK_SET);
  pthread_mutex_unlock(&mutex);
  return done;
}

ssize_t read(int fd, void *bytes, size_t length) {
  File *file = take(fd);
  if (file == NULL) return REAL(read)(fd, bytes, length);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t done = readAt(fd, file, bytes, length, offset);
  if (done > 0) lseek(fd, offset + done, SEEK_SET);
  pthread_mutex_unlock(&mutex);
  return done;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  File *file = take(fd);
  if (file == NULL) return REAL(pwritev)(fd, parts, count, offset);
  ssize_t done = 0;
  for (int i = 0; i < count; i++) done += writeAt(fd, file, parts[i].iov_base, parts[i].iov_len, offset + done);
  pthread_mutex_unlock(&mutex);
  return done;
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset) {
  return pwritev(fd, parts, count, offset);
}

int ftruncate(int fd, off_t size) {
  File *file = take(fd);
  if (file == NULL) return REAL(ftruncate)(fd, size);
  push(file, size, NULL, 0);
  pthread_mutex_unlock(&mutex);
  return 0;
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

static int withSize(int answer, struct stat *facts) {
  if (answer != 0 || files == NULL) return answer;
  pthread_mutex_lock(&mutex);
  File *file = find(facts);
  if (file != NULL) facts->st_size = file->size;
  pthread_mutex_unlock(&mutex);
  return answer;
}
int fstat(int fd, struct stat *facts) { return withSize(REAL(fstat)(fd, facts), facts); }
int fstat64(int fd, struct stat64 *facts) { return fstat(fd, (struct stat *)facts); }
int stat(const char *path, struct stat *facts) { return withSize(REAL(stat)(path, facts), facts); }
int stat64(const char *path, struct stat64 *facts) { return stat(path, (struct stat *)facts); }
int lstat(const char *path, struct stat *facts) { return withSize(REAL(lstat)(path, facts), facts); }
int lstat64(const char *path, struct stat64 *facts) { return lstat(path, (struct stat *)facts); }

/* The name is gone, and with it what was pending: another file may get its inode. */
static void gone(const struct stat *facts) {
  pthread_mutex_lock(&mutex);
  for (File **at = &files; *at != NULL; at = &(*at)->next) {
    File *file = *at;
    if (file->inode != facts->st_ino || file->device != facts->st_dev) continue;
    *at = file->next;
    forgetOperations(file);
    free(file->operations);
    free(file->path);
    free(file);
    break;
  }
  pthread_mutex_unlock(&mutex);
}
int unlink(const char *path) {
  struct stat facts;
  int isKnown = files != NULL && REAL(lstat)(path, &facts) == 0 && facts.st_nlink == 1;
  int answer = REAL(unlink)(path);
  if (answer == 0 && isKnown) gone(&facts);
  return answer;
}
int rename(const char *from, const char *to) {
  struct stat moved, replaced;
  int isMoved = files != NULL && REAL(lstat)(from, &moved) == 0;
  int isReplaced = files != NULL && REAL(lstat)(to, &replaced) == 0 && replaced.st_nlink == 1;
  int answer = REAL(rename)(from, to);
  if (answer == 0 && isReplaced && isMoved && replaced.st_ino != moved.st_ino) gone(&replaced);
  if (answer != 0 || !isMoved) return answer;
  pthread_mutex_lock(&mutex);
  File *file = find(&moved);
  if (file != NULL) { free(file->path); file->path = realpath(to, NULL); }
  pthread_mutex_unlock(&mutex);
  return answer;
}
