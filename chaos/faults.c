/* Faults of one process that are switched on and off while it runs, by files in its folder: LD_PRELOAD=faults.so.
 *
 * FAULTS_FOLDER=folder     where the switches are:
 *   full                   there is no space left: writing to a file `*.db` or `*-wal` fails (ENOSPC)
 *   sync-fails             fsync and fdatasync of such a file fail (EIO)
 *   clock                  eight bytes, a number of seconds: how far the wall clock of this process is wrong; it may change at any
 *                          time. The monotonic clock is right.
 *   hit                    made by this library when it has let a call fail
 *
 * Stands before powerloss.so in LD_PRELOAD: what fails here never comes there.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ({ static __typeof__(&name) found; if (found == NULL) found = (__typeof__(&name))real(#name); found; })

static char full[PATH_MAX], syncFails[PATH_MAX], hit[PATH_MAX];
static const volatile long long *wrong;

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) { fprintf(stderr, "faults: no %s here\n", name); abort(); }
  return found;
}

__attribute__((constructor)) static void start(void) {
  const char *folder = getenv("FAULTS_FOLDER");
  char clock[PATH_MAX];
  if (folder == NULL) return;
  snprintf(full, sizeof full, "%s/full", folder);
  snprintf(syncFails, sizeof syncFails, "%s/sync-fails", folder);
  snprintf(hit, sizeof hit, "%s/hit", folder);
  snprintf(clock, sizeof clock, "%s/clock", folder);
  int fd = open(clock, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof *wrong, PROT_READ, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) wrong = mapped;
  close(fd);
}

static int isOn(const char *path) { return *path != 0 && access(path, F_OK) == 0; }

static int isWatched(int fd) {
  char link[40], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 5) return 0;
  return memcmp(path + length - 3, ".db", 3) == 0 || memcmp(path + length - 4, "-wal", 4) == 0;
}

/* Whether the call shall fail; says so in the folder, and in errno. */
static int fails(const char *path, int fd, int error) {
  int before = errno;
  if (!isOn(path) || !isWatched(fd)) { errno = before; return 0; }
  int made = open(hit, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (made >= 0) close(made);
  errno = error;
  return 1;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  return fails(full, fd, ENOSPC) ? -1 : REAL(pwrite)(fd, bytes, length, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  return fails(full, fd, ENOSPC) ? -1 : REAL(pwrite64)(fd, bytes, length, offset);
}
ssize_t write(int fd, const void *bytes, size_t length) {
  return fails(full, fd, ENOSPC) ? -1 : REAL(write)(fd, bytes, length);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  return fails(full, fd, ENOSPC) ? -1 : REAL(pwritev)(fd, parts, count, offset);
}
int fsync(int fd) { return fails(syncFails, fd, EIO) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fails(syncFails, fd, EIO) ? -1 : REAL(fdatasync)(fd); }

int clock_gettime(clockid_t clock, struct timespec *at) {
  int answer = REAL(clock_gettime)(clock, at);
  if (answer == 0 && wrong != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += *wrong;
  return answer;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  int answer = REAL(gettimeofday)(at, zone);
  if (answer == 0 && wrong != NULL) at->tv_sec += *wrong;
  return answer;
}
time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}
