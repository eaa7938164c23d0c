/* Three-phase commit as it is usually told: without ballots and without a quorum.
 *
 * Models: one transaction of a coordinator and three participants, written from protocols.md 2.1 (states q, w, p, c, a;
 * the timeout transitions; the termination protocol) and 2.2. The failure detector is perfect unless ASYNC, SLOW or
 * PARTITION is given: a timeout fires only when the other process is dead and everything it had sent has arrived.
 *
 * Plain (no -D): prepared aborts alone and pre-committed commits alone when the coordinator is silent.
 *   Expected: an error, with one crash of the coordinator, nothing lost and the perfect failure detector. ASYNC
 *   (timeouts at any time, nobody crashes): an error.
 * TERMINATION: a backup is elected among those that live, collects their states, and ends the transaction: any c
 *   commits; any a or q aborts; any p: the others are moved to p first, then commit; all w aborts. If it dies, the next
 *   one begins anew.
 *   Expected: no error with the coordinator and one participant dying. Also with SLOW: the coordinator is not dead but
 *   slow, there is one backup, which reaches everybody, and whom it has asked does not listen to the coordinator any
 *   more.
 *   PARTITION, {0} and {1, 2} with a backup each: an error.
 * WITNESS=1..2 is not a mistake: it shows that what the assertion denies can happen (1 a backup commits, 2 a backup
 * aborts).
 */

#define N 3
#define ALL 7
#ifndef WITNESS
#define WITNESS 0
#endif
#if defined(SLOW) || defined(PARTITION)
#define TERMINATION
#endif

#define HAS(set, i) (set & (1 << i))
#define ADD(set, i) set = set | (1 << i)

mtype = { Q, W, P, C, A, Voting, Registering, Ended, Dead, Idle, Asking, Moving, Committing, Aborting }

mtype st[N] = Q
mtype coordinator = Voting
byte yes, registered /* votes, and acks of PreCommit */
byte preCommit /* to whom it has left: one after the other */
bit commitSent, abortSent
byte dead
byte deafTo /* who has been asked by a backup and does not listen to the coordinator */

/* A backup for each side of the network: how far it is, whom it has asked, what it has heard. */
mtype backup[2] = Idle
byte asked[2]
bit heardC[2], heardStop[2], heardP[2]

bit everCommitted, everAborted

inline commitAt(i) { st[i] = C; everCommitted = 1; assert(!everAborted) }
inline abortAt(i) { st[i] = A; everAborted = 1; assert(!everCommitted) }

active proctype Coordinator() {
end: do
  :: d_step { coordinator == Voting && yes == ALL -> coordinator = Registering }
  :: d_step { coordinator == Voting -> coordinator = Ended; abortSent = 1; everAborted = 1; assert(!everCommitted) }
  :: d_step { coordinator == Registering && preCommit != ALL -> preCommit = preCommit * 2 + 1 }
  :: d_step { coordinator == Registering && registered == ALL ->
       coordinator = Ended; commitSent = 1; everCommitted = 1; assert(!everAborted)
     }
#if !defined(ASYNC) && !defined(SLOW)
  :: d_step { coordinator != Dead -> coordinator = Dead }
#endif
  od
}

/* Everything that the coordinator has sent to this participant has arrived. */
#define ISOWED(i) (HAS(preCommit, i) && st[i] == W || commitSent && st[i] == P)
#define ISHEARD(i) (!ISOWED(i) && !(abortSent && (st[i] == Q || st[i] == W)))
#ifdef ASYNC
#define ISSILENT(i) true
#elif defined(SLOW)
#define ISSILENT(i) true
#else
#define ISSILENT(i) (coordinator == Dead && ISHEARD(i))
#endif
#define LISTENS(i) (!HAS(dead, i) && !HAS(deafTo, i))

active [N] proctype Participant() {
  byte i = _pid - 1
end: do
  :: d_step { LISTENS(i) && st[i] == Q -> st[i] = W; ADD(yes, i) }
  :: d_step { LISTENS(i) && st[i] == Q -> abortAt(i) }
  :: d_step { LISTENS(i) && st[i] == W && HAS(preCommit, i) -> st[i] = P; ADD(registered, i) }
  :: d_step { LISTENS(i) && commitSent && st[i] == P -> commitAt(i) }
  :: d_step { LISTENS(i) && abortSent && (st[i] == Q || st[i] == W) -> abortAt(i) }
#ifndef TERMINATION
  /* The timeouts of most articles. */
  :: d_step { (st[i] == Q || st[i] == W) && ISSILENT(i) -> abortAt(i) }
  :: d_step { st[i] == P && ISSILENT(i) -> commitAt(i) }
#endif
  od
}

#ifdef TERMINATION
#ifdef PARTITION
#define SIDES 2
#define SIDE(b) (b == 0 -> 1 : 6)
#else
#define SIDES 1
#define SIDE(b) ALL
#endif
#define LIVING(b) (SIDE(b) & ~dead)
#define MAYASK(b, i) (HAS(LIVING(b), i) && !HAS(asked[b], i) && ISSILENT(i))

inline ask(b, i) {
  ADD(asked[b], i); ADD(deafTo, i)
  heardC[b] = (st[i] == C -> 1 : heardC[b])
  heardP[b] = (st[i] == P -> 1 : heardP[b])
  heardStop[b] = (st[i] == A || st[i] == Q -> 1 : heardStop[b])
}

#define ASKS(i) :: d_step { backup[b] == Asking && MAYASK(b, i) -> ask(b, i) }
#define MOVES(i) :: d_step { backup[b] == Moving && HAS(LIVING(b), i) && st[i] == W -> st[i] = P }
#define ENDS(i) \
  :: d_step { backup[b] == Committing && HAS(LIVING(b), i) && st[i] != C -> assert(st[i] != A); commitAt(i) } \
  :: d_step { backup[b] == Aborting && HAS(LIVING(b), i) && st[i] != A -> assert(st[i] != C); abortAt(i) }
#define ISMOVED(b, i) (!HAS(LIVING(b), i) || st[i] != W)

/* With one backup at a time on each side, what it sends arrives before its death is known. */
active [SIDES] proctype Backup() {
  byte b = _pid - 4
end: do
  :: d_step { backup[b] == Idle && LIVING(b) -> backup[b] = Asking }
  ASKS(0) ASKS(1) ASKS(2)
  :: d_step { backup[b] == Asking && (LIVING(b) & ~asked[b]) == 0 ->
       if
       :: heardC[b] -> backup[b] = Committing
       :: !heardC[b] && heardStop[b] -> backup[b] = Aborting
       :: !heardC[b] && !heardStop[b] && heardP[b] -> backup[b] = Moving
       :: else -> backup[b] = Aborting
       fi
     }
  MOVES(0) MOVES(1) MOVES(2)
  :: d_step { backup[b] == Moving && ISMOVED(b, 0) && ISMOVED(b, 1) && ISMOVED(b, 2) -> backup[b] = Committing }
  ENDS(0) ENDS(1) ENDS(2)
  :: d_step { WITNESS == 1 && backup[b] == Committing -> assert(false) }
  :: d_step { WITNESS == 2 && backup[b] == Aborting -> assert(false) }
#if !defined(SLOW) && !defined(PARTITION)
  /* The backup (the lowest that lives) dies; the next one begins anew. Nobody recovers alone. */
  :: d_step { backup[b] != Idle && dead == 0 ->
       dead = 1; backup[b] = Idle; asked[b] = 0; heardC[b] = 0; heardP[b] = 0; heardStop[b] = 0
     }
#endif
  od
}
#endif
