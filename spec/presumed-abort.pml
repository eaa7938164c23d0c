/* Presumed abort with crashes, lazy records, inquiries, tombstones and the watermark.
 *
 * Models: one transaction of a coordinator and N participants, written from protocols.md 1.2 (presumed abort), 1.4,
 * 1.5, 1.7, 1.8 and design rules 1, 6, 8 and 15. Messages are sets that only grow: a message that is never taken is
 * lost, one that is taken late is delayed, overtaken or delivered twice. A process that takes no step is slow, paused
 * or down. Crashes are bounded by COORDINATOR_CRASHES and PARTICIPANT_CRASHES; what was forced survives, what is lazy
 * survives or not.
 *
 * Checked: agreement of all decisions ever taken, also with what the client was told; nobody commits who said no; no
 * decision contradicts a state (the alarms of 1.5). When faults have stopped and nothing is left to do, nobody is in
 * doubt and the coordinator waits for nobody; `pan -l` shows that every run gets there (there is no cycle).
 *
 * Expected: no error. With one of these, an error:
 *   SENDB4FORCE    Commit leaves before the decision is forced
 *   ACKB4FORCE     a participant acks before `committed` is forced
 *   FORGETEARLY    the coordinator forgets after the first ack
 *   FORGETNO       a no is not remembered
 *   NOINQ          nobody inquires: in doubt for ever
 *   GCPART         a participant forgets `committed` without the watermark, and acks what it does not know
 *   BLANKYES       (with WORKFIRST) yes for a transaction whose work a crash has lost
 *   DISKLOSS       a participant loses its database after its yes: no rule helps, it can only be seen
 *   ANSWERISABORT  the answer to an inquiry looks like an Abort: a late one contradicts `committed`
 * Without an error: WORKFIRST (work before Prepare, lost by a crash), NOTOMBSTONE (an Abort before its Prepare leaves
 * nothing; the lock of the late Prepare is freed by its inquiry), RESUME (after a restart the coordinator collects
 * votes again).
 * WITNESS=1..2 is not a mistake: it shows that what the assertion denies can happen (1 all commit, 2 all abort).
 */

#ifndef N
#define N 2
#endif
#ifndef COORDINATOR_CRASHES
#define COORDINATOR_CRASHES 2
#endif
#ifndef PARTICIPANT_CRASHES
#define PARTICIPANT_CRASHES 2
#endif
#ifndef WITNESS
#define WITNESS 0
#endif
#ifdef BLANKYES
#define WORKFIRST
#endif

#define ALL ((1 << N) - 1)
#define HAS(set, i) (set & (1 << i))
#define ADD(set, i) set = set | (1 << i)

mtype = { Initial, Preparing, Decided, Committing, None, Prepared, Committed, Aborted, Nothing }

/* Messages that have left, for ever. */
bit prepareSent, commitSent, abortSent, watermarkSent
byte yes, ack, inquiry, answerAbort

/* The coordinator: volatile state, and its log. `end` is lazy. */
mtype coordinator = Initial
bit decisionForced
mtype told = Nothing

/* The participants: what each is, what of it is forced, and whether it has forced the watermark. */
mtype is[N] = None
mtype forced[N] = None
byte watermark
#ifdef WORKFIRST
byte work = ALL
#endif

/* Never read by the protocol: who has ever decided what. */
byte everCommitted, everAborted

byte coordinatorCrashes, participantCrashes
bit faultsOver

inline checkAgreement() {
  assert(!(everCommitted && everAborted))
  assert(!(told == Committed && everAborted))
  assert(!(told == Aborted && everCommitted))
}

active proctype Coordinator() {
end: do
  :: d_step { coordinator == Initial -> prepareSent = 1; coordinator = Preparing }

  /* All have said yes: force, then send and tell. */
  :: d_step { coordinator == Preparing && yes == ALL ->
       coordinator = Decided
#ifdef SENDB4FORCE
       commitSent = 1; told = Committed; checkAgreement()
#else
       decisionForced = 1
#endif
     }
  :: d_step { coordinator == Decided ->
       coordinator = Committing
#ifdef SENDB4FORCE
       decisionForced = 1
#else
       commitSent = 1; told = Committed; checkAgreement()
#endif
     }

  /* A no, a deadline, the client's wish: nothing is recorded and everything forgotten. */
  :: d_step { coordinator == Preparing ->
       coordinator = None; abortSent = 1; told = Aborted; checkAgreement()
     }

#ifdef FORGETEARLY
  :: d_step { coordinator == Committing && ack -> coordinator = None }
#else
  :: d_step { coordinator == Committing && ack == ALL -> coordinator = None }
#endif

  /* No record means abort. While votes are collected the answer is `in progress`: no message. */
  :: d_step { coordinator == None && (inquiry & ~answerAbort) -> answerAbort = inquiry }

  /* Ended or presumed aborted: what is below may be forgotten. */
  :: d_step { coordinator == None && !watermarkSent -> watermarkSent = 1 }

  /* A crash and the recovery from the log; a lazy `end` has survived, or not. */
  :: d_step { !faultsOver && coordinator != Initial && coordinatorCrashes < COORDINATOR_CRASHES ->
       coordinatorCrashes++
       if
       :: decisionForced -> coordinator = Decided
#ifdef RESUME
       :: !decisionForced && coordinator == Preparing -> skip
       :: !decisionForced && coordinator != Preparing -> coordinator = None
#else
       :: else -> coordinator = None
#endif
       fi
     }
  :: d_step { !faultsOver && coordinator == None && decisionForced && coordinatorCrashes < COORDINATOR_CRASHES ->
       coordinatorCrashes++
     }
  od
}

inline abortBranch(i) { is[i] = Aborted; ADD(everAborted, i); checkAgreement() }

inline commitBranch(i) {
  is[i] = Committed
  ADD(everCommitted, i)
  ADD(ack, i)
#ifndef ACKB4FORCE
  forced[i] = Committed
#endif
#ifdef WORKFIRST
  assert(HAS(work, i))
#endif
  checkAgreement()
}

#define KNOWN(i) (is[i] != None || HAS(watermark, i))
#ifdef WORKFIRST
#define HASWORK(i) HAS(work, i)
#else
#define HASWORK(i) true
#endif
#ifdef ANSWERISABORT
#define ABORTARRIVES(i) (abortSent || HAS(answerAbort, i))
#else
#define ABORTARRIVES(i) abortSent
#endif

active [N] proctype Participant() {
  byte i = _pid - 1
end: do
  /* Prepare. The record is forced before the vote leaves. */
#ifdef BLANKYES
  :: d_step { prepareSent && !KNOWN(i) -> is[i] = Prepared; forced[i] = Prepared; ADD(yes, i) }
#else
  :: d_step { prepareSent && !KNOWN(i) && HASWORK(i) -> is[i] = Prepared; forced[i] = Prepared; ADD(yes, i) }
#endif
#ifdef FORGETNO
  :: d_step { prepareSent && !KNOWN(i) && !HAS(everAborted, i) -> ADD(everAborted, i) }
#else
  :: d_step { prepareSent && !KNOWN(i) -> abortBranch(i); forced[i] = Aborted }
#endif

  /* Commit. Prepared: applied, forced, acked, and again acked. Below the watermark: `ended` counts as an ack. */
  :: d_step { commitSent && is[i] == Prepared -> commitBranch(i) }
  :: d_step { commitSent && is[i] == None && HAS(watermark, i) && !HAS(ack, i) -> ADD(ack, i) }
#ifdef GCPART
  :: d_step { is[i] == Committed -> is[i] = None; forced[i] = None }
#else
  :: d_step { commitSent && !KNOWN(i) -> assert(false) /* no record is never an ack: hazard */ }
#endif
  :: d_step { commitSent && is[i] == Aborted -> assert(false) /* a decision contradicts a state */ }
#ifdef ACKB4FORCE
  :: d_step { is[i] == Committed && forced[i] != Committed -> forced[i] = Committed }
#endif

  /* Abort, and the answer to an inquiry. The record is lazy. An answer that comes too late is no Abort. */
  :: d_step { (abortSent || HAS(answerAbort, i)) && is[i] == Prepared -> abortBranch(i) }
  :: d_step { ABORTARRIVES(i) && is[i] == Committed -> assert(false) /* a decision contradicts a state */ }
#ifndef NOTOMBSTONE
  :: d_step { abortSent && !KNOWN(i) -> abortBranch(i) }
#endif

#ifndef NOINQ
  :: d_step { is[i] == Prepared && !HAS(inquiry, i) -> ADD(inquiry, i) }
#endif

  /* The watermark is forced before anything below it is deleted. */
  :: d_step { watermarkSent && !HAS(watermark, i) -> ADD(watermark, i) }
  :: d_step { HAS(watermark, i) && (is[i] == Committed || is[i] == Aborted) -> is[i] = None; forced[i] = None }

  /* A crash: the lazy record has been lost, or it has survived. */
  :: d_step { !faultsOver && participantCrashes < PARTICIPANT_CRASHES ->
       participantCrashes++
       is[i] = forced[i]
#ifdef WORKFIRST
       if
       :: is[i] == None -> work = work & ~(1 << i)
       :: else -> skip
       fi
#endif
     }
  :: d_step { !faultsOver && participantCrashes < PARTICIPANT_CRASHES && is[i] != forced[i] ->
       participantCrashes++
       forced[i] = is[i]
     }
#ifdef DISKLOSS
  :: d_step { !faultsOver && is[i] == Prepared -> is[i] = None; forced[i] = None; watermark = watermark & ~(1 << i) }
#endif
  od
}

/* After this nothing crashes any more. When nothing is left to do, nobody is in doubt. */
active proctype Faults() {
  faultsOver = 1
  timeout -> d_step {
    byte i = 0
    do
    :: i < N -> assert(is[i] != Prepared); i++
    :: else -> break
    od
    assert(coordinator == None)
    assert(everCommitted == 0 || everCommitted == ALL)
    assert(!(WITNESS == 1 && everCommitted == ALL) && !(WITNESS == 2 && everAborted == ALL))
  }
}
