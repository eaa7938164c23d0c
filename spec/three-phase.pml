/* Three-phase commit with ballots: the coordinator's own round and R recovery rounds.
 *
 * Models: one transaction of a coordinator and N participants, written from protocols.md 2.4 and design rules 1 to 5.
 * The voting members are the participants, and the coordinator when N is even. Proposer 0 is the coordinator, with
 * ballot 1; proposers 1 to R are recovery rounds, each with a ballot of its own above it. Whoever it is that runs them,
 * a restarted coordinator included, and in whatever order they begin: a round that comes too late is refused. Messages
 * are sets that only grow (loss, delay, reordering, duplicates); a process that takes no step is slow or dead.
 * Everything a member says was forced before, so a crash loses nothing, except with VOLATILE. A branch that was never
 * prepared makes itself unable to be (state A) before it answers a Collect.
 *
 * Checked: nobody aborts what another commits, at every decision and at every member.
 *
 * Expected: no error; also with INTERACTIVE (branches are prepared unsealed, may abort alone until they are sealed, and
 * adopt the members that a Collect brings). With one of these, an error:
 *   TIMEOUTONLY   no recovery rounds: pre-committed commits alone, prepared aborts alone
 *   NOPROMISE     Collect promises nothing: what was collected may change before the proposal arrives (counters of the
 *                 paper)
 *   SAMEEPOCH     two recovery rounds use one number, and nothing else tells them apart
 *   VOLATILE      promised and adopted ballots are not forced: a crash leaves only `prepared`
 *   PCIFANY       pre-commit is proposed if anybody is pre-committed, whatever its ballot
 *   COUNTSITSELF  the coordinator counts its own vote without having adopted what it proposes (N even)
 *   AMNESIA       a member that has lost its database answers as one that was never prepared
 *   EARLYPRECOMMIT  (with INTERACTIVE) PreCommit leaves when all have said yes, before all are sealed
 *   SEALEDALONE   a sealed branch aborts alone after its timeout
 *   WITNESS=1..3  not a mistake: shows that what the assertion denies can happen (1 the coordinator decides commit, 2 a
 *                 recovery round does, 3 one decides abort although somebody was pre-committed)
 */

#ifndef N
#define N 3
#endif
#ifndef R
#define R 1
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef WITNESS
#define WITNESS 0
#endif

#if N % 2
#define VOTERS N
#else
#define VOTERS (N + 1)
#define COORDINATORVOTES
#endif
#ifdef COORDINATORVOTES
#define HASNOTPROMISED (promised[ME] == 1)
#else
#define HASNOTPROMISED true
#endif
#define QUORUM (VOTERS / 2 + 1)
#ifdef EARLYPRECOMMIT
#define INTERACTIVE
#endif
#ifdef TIMEOUTONLY
#undef R
#define R 0
#endif
#define ME N /* the coordinator as a member */

/* The number of proposer p's ballot. */
#ifdef SAMEEPOCH
#define BALLOT(p) (p == 0 -> 1 : 2)
#define ISABOVE(b, i) (b >= promised[i])
#else
#define BALLOT(p) (p + 1)
#define ISABOVE(b, i) (b > promised[i])
#endif

#define ALL ((1 << N) - 1)
#define HAS(set, i) (set & (1 << i))
#define ADD(set, i) set = set | (1 << i)
#define COUNT(set) ((set & 1) + ((set >> 1) & 1) + ((set >> 2) & 1) + ((set >> 3) & 1) + ((set >> 4) & 1))

/* A branch: Q never prepared, U prepared and not sealed, W prepared, PC and PA adopted, C and A final. A round:
 * Collecting, then what it proposes, PC or PA. */
mtype = { Q, U, W, PC, PA, C, A, Collecting, Proposing, Done }

/* Members: state, promised (LE) and adopted (LA) ballot. */
mtype st[VOTERS] = Q
byte promised[VOTERS]
byte adopted[VOTERS]

/* Messages that have left: votes; promises and adoptions of each proposer's ballot; decisions. `said` is what a member
 * said when it promised: its adopted ballot * 2, plus 1 for PC. The questions of a recovery round are its state. */
byte yes
byte promises[R + 1], adoptions[R + 1]
byte said[(R + 1) * VOTERS]
bit preCommitSent, saysAborted, commitSent, abortSent

mtype coordinator = Collecting
mtype round[R + 1] = Collecting

/* Never read by the protocol. */
bit everCommitted, everAborted, everPreCommitted
byte crashes

inline mark(decision) {
  decision = 1
  assert(!(everCommitted && everAborted))
}

/* A proposer ends the transaction: its decision goes to everybody. */
inline decideCommit(who) {
  assert(!(WITNESS == 1 && who == 0) && !(WITNESS == 2 && who > 0))
  commitSent = 1
  mark(everCommitted)
}

inline decideAbort(who) {
  assert(!(WITNESS == 3 && who > 0 && everPreCommitted))
  abortSent = 1
  mark(everAborted)
}

active proctype Coordinator() {
end: do
  /* All have said yes and are sealed: `pre-committed` is forced, as its own adoption when it votes. */
  :: d_step { coordinator == Collecting && yes == ALL ->
       coordinator = Proposing; preCommitSent = 1
#ifdef COORDINATORVOTES
       promised[ME] = 1
       ADD(adoptions[0], ME)
#ifdef COUNTSITSELF
       st[ME] = W
#else
       st[ME] = PC; adopted[ME] = 1; everPreCommitted = 1
#endif
#endif
     }
  /* A no, a deadline, the client's wish: no PreCommit has left and none ever will. */
  :: d_step { coordinator == Collecting -> coordinator = Done; decideAbort(0) }

  /* A majority has adopted; having promised a higher ballot it counts nothing at its own (rule 4). */
  :: d_step { coordinator == Proposing && HASNOTPROMISED && COUNT(adoptions[0]) >= QUORUM ->
       coordinator = Done; decideCommit(0)
     }
  od
}

#define ISOPEN(i) (st[i] == W || st[i] == PC || st[i] == PA)
#ifdef AMNESIA
#define ISUNPREPARED(i) (st[i] == Q || ISOPEN(i) && crashes < CRASHES)
#else
#define ISUNPREPARED(i) (st[i] == Q)
#endif

inline adopt(p, i, choice) {
  st[i] = choice
  promised[i] = BALLOT(p)
  adopted[i] = BALLOT(p)
  ADD(adoptions[p], i)
}

/* COLLECT: the promise and the snapshot are one step. A U adopts the members that come with it, and is sealed. */
#ifdef NOPROMISE
#define PROMISE(p, i)
#else
#define PROMISE(p, i) promised[i] = BALLOT(p);
#endif

#define ANSWERS(p, i) \
  :: d_step { round[p] == Collecting && (ISOPEN(i) || st[i] == U) && ISABOVE(BALLOT(p), i) && !HAS(promises[p], i) -> \
       PROMISE(p, i) \
       ADD(promises[p], i); \
       said[p * VOTERS + i] = adopted[i] * 2 + (st[i] == PC -> 1 : 0); \
       st[i] = (st[i] == U -> W : st[i]) \
     } \
  :: d_step { round[p] == PC && ISOPEN(i) && BALLOT(p) >= promised[i] && !HAS(adoptions[p], i) -> \
       adopt(p, i, PC); everPreCommitted = 1 \
     } \
  :: d_step { round[p] == PA && ISOPEN(i) && BALLOT(p) >= promised[i] && !HAS(adoptions[p], i) -> \
       adopt(p, i, PA) \
     }

#if R == 0
#define RECOVERYROUNDS(i)
#elif R == 1
#define RECOVERYROUNDS(i) ANSWERS(1, i)
#elif R == 2
#define RECOVERYROUNDS(i) ANSWERS(1, i) ANSWERS(2, i)
#else
#define RECOVERYROUNDS(i) ANSWERS(1, i) ANSWERS(2, i) ANSWERS(3, i)
#endif

active [N] proctype Participant() {
  byte i = _pid - 1
end: do
#ifdef INTERACTIVE
#ifdef EARLYPRECOMMIT
  :: d_step { st[i] == Q -> st[i] = U; ADD(yes, i) }
#else
  :: d_step { st[i] == Q -> st[i] = U }
#endif
  :: d_step { st[i] == U -> st[i] = W; promised[i] = 1; ADD(yes, i) }
  :: d_step { st[i] == U -> st[i] = A; mark(everAborted) }
  :: d_step { st[i] == W && !HAS(yes, i) -> ADD(yes, i) }
#else
  :: d_step { st[i] == Q -> st[i] = W; promised[i] = 1; ADD(yes, i) }
#endif
  /* A no. The coordinator may abort at any time before its PreCommit, so the message itself is not needed. */
  :: d_step { st[i] == Q -> st[i] = A; mark(everAborted) }

  /* PreCommit of the coordinator's own round. */
  :: d_step { preCommitSent && ISOPEN(i) && promised[i] <= 1 && !HAS(adoptions[0], i) ->
       adopt(0, i, PC); everPreCommitted = 1
     }

  /* Collect for a branch that was never prepared. */
  :: d_step { ISUNPREPARED(i) ->
       crashes = crashes + (st[i] == Q -> 0 : 1)
       st[i] = A; saysAborted = 1
     }
  :: d_step { st[i] == A && !saysAborted -> saysAborted = 1 }
  RECOVERYROUNDS(i)

  /* The decision. Final states answer nothing that the decision itself does not say. */
  :: d_step { commitSent && st[i] != C -> assert(st[i] != A); st[i] = C }
  :: d_step { abortSent && st[i] != A -> assert(st[i] != C); st[i] = A }

#ifdef TIMEOUTONLY
  :: d_step { st[i] == W -> st[i] = A; mark(everAborted) }
  :: d_step { st[i] == PC -> st[i] = C; mark(everCommitted) }
#endif
#ifdef SEALEDALONE
  :: d_step { st[i] == W -> st[i] = A; mark(everAborted) }
#endif
#ifdef VOLATILE
  :: d_step { ISOPEN(i) && promised[i] > 0 && crashes < CRASHES ->
       crashes++; st[i] = W; promised[i] = 1; adopted[i] = 0
     }
#endif
  od
}

#ifdef COORDINATORVOTES
/* The coordinator as a member. Asked while it collects votes, it aborts, and answers so. */
active proctype VotingCoordinator() {
  byte i = ME
end: do
  :: d_step { coordinator == Collecting -> coordinator = Done; decideAbort(0); saysAborted = 1 }
  RECOVERYROUNDS(i)
  od
}
#endif

/* What to propose: what the highest adopted ballot among a majority of promises says; if there is none, abort. */
inline propose(p, majority) {
  j = 0; highest = 0; isAnyPreCommitted = 0
  do
  :: j < VOTERS && HAS(majority, j) ->
     highest = (said[p * VOTERS + j] > highest -> said[p * VOTERS + j] : highest)
     isAnyPreCommitted = isAnyPreCommitted | (said[p * VOTERS + j] & 1)
     j++
  :: j < VOTERS && !HAS(majority, j) -> j++
  :: else -> break
  od
#ifdef PCIFANY
  round[p] = (isAnyPreCommitted -> PC : PA)
#else
  round[p] = ((highest & 1) -> PC : PA)
#endif
  /* Never looked at again. */
  j = 0
  do
  :: j < VOTERS -> said[p * VOTERS + j] = 0; j++
  :: else -> break
  od
  promises[p] = 0; j = 0; highest = 0; isAnyPreCommitted = 0
}

#if R > 0
#define WITH(majority) \
  :: d_step { round[p] == Collecting && (promises[p] & majority) == majority -> propose(p, majority) }

active [R] proctype Recovery() {
  byte p = _pid - VOTERS
  byte j, highest
  bit isAnyPreCommitted
end: do
#if VOTERS == 3
  WITH(3) WITH(5) WITH(6)
#else
  WITH(7) WITH(11) WITH(13) WITH(14) WITH(19) WITH(21) WITH(22) WITH(25) WITH(26) WITH(28)
#endif
  :: d_step { round[p] == Collecting && saysAborted -> round[p] = Done; decideAbort(p) }
  :: d_step { round[p] == PC && COUNT(adoptions[p]) >= QUORUM -> round[p] = Done; decideCommit(p) }
  :: d_step { round[p] == PA && COUNT(adoptions[p]) >= QUORUM -> round[p] = Done; decideAbort(p) }
  od
}
#endif
