// Every model of spec/ with its variants, what must come of it, and the number of states that protocols.md gives for
// the same question (another model of the same rules: an order of magnitude, not a target).

/**
 * @typedef {object} Run
 * @property {string} model
 * @property {string} defines
 * @property {string} what
 * @property {'safe' | 'violated' | 'reached'} expected  reached: a witness, the assertion denies what must be possible
 * @property {boolean} [ends]  also shows that every run ends (no cycle); what holds at the end is asserted in the model
 * @property {string} [published]
 */

/** @type {(model: string) => (expected: Run['expected'], defines: string, what: string, published?: string) => Run} */
const of =
  (model) =>
  (expected, defines, what, published = '') => ({ model, expected, defines, what, published })

const presumedAbort = of('presumed-abort')
const threePhase = of('three-phase')
const timeouts = of('timeouts')
const ending = (run) => ({ ...run, ends: true })

/** @type {readonly Run[]} */
export const runs = [
  ending(presumedAbort('safe', 'N=2', 'the rules, two participants', '186')),
  ending(presumedAbort('safe', 'N=3', 'three participants', '790')),
  ending(presumedAbort('safe', 'N=3 COORDINATOR_CRASHES=4', 'four crashes of the coordinator', '924')),
  ending(presumedAbort('safe', 'N=2 WORKFIRST', 'work before Prepare, lost by a crash', '334')),
  ending(presumedAbort('safe', 'N=3 WORKFIRST', 'the same, three participants', '1,907')),
  ending(presumedAbort('safe', 'NOTOMBSTONE', 'an Abort before its Prepare leaves nothing', '186')),
  ending(presumedAbort('safe', 'RESUME', 'a restarted coordinator collects votes again', '349')),
  presumedAbort('reached', 'WITNESS=1', 'all can commit'),
  presumedAbort('reached', 'WITNESS=2', 'all can abort'),
  presumedAbort('violated', 'SENDB4FORCE', 'Commit leaves before the decision is forced', '172'),
  presumedAbort('violated', 'ACKB4FORCE', 'an ack leaves before `committed` is forced', '125'),
  presumedAbort('violated', 'FORGETEARLY', 'the coordinator forgets after the first ack', '118'),
  presumedAbort('violated', 'FORGETNO', 'a no is not remembered', '228'),
  presumedAbort('violated', 'NOINQ', 'nobody inquires: in doubt for ever', '40'),
  presumedAbort('violated', 'GCPART', 'a participant forgets without the watermark', '113'),
  presumedAbort('violated', 'BLANKYES', 'yes for work that a crash has lost', '417'),
  presumedAbort('violated', 'DISKLOSS', 'a database is lost after the yes (no rule helps)', '488'),
  presumedAbort('violated', 'ANSWERISABORT', 'the answer to an inquiry looks like an Abort'),

  threePhase('safe', 'N=3 R=1', 'three members, one recovery round', '54,412'),
  threePhase('safe', 'N=3 R=2', 'two recovery rounds', '7,338,082'),
  threePhase('safe', 'N=3 R=3', 'three recovery rounds'),
  threePhase('safe', 'N=2 R=2', 'two participants, the coordinator votes'),
  threePhase('safe', 'N=2 R=3', 'the same, three recovery rounds'),
  threePhase('safe', 'N=4 R=1', 'four participants, the coordinator votes'),
  threePhase('safe', 'N=3 R=2 INTERACTIVE', 'branches are sealed later (rule 2)'),
  threePhase('safe', 'N=2 R=2 INTERACTIVE', 'the same, two participants'),
  threePhase('reached', 'WITNESS=1', 'the coordinator can decide commit'),
  threePhase('reached', 'WITNESS=2', 'a recovery round can decide commit'),
  threePhase('reached', 'WITNESS=3', 'a recovery round can abort after somebody was pre-committed'),
  threePhase('violated', 'TIMEOUTONLY', 'timeouts instead of recovery rounds', '724'),
  threePhase('violated', 'NOPROMISE', 'Collect promises nothing', '105,045'),
  threePhase('violated', 'R=2 SAMEEPOCH', 'two recovery rounds with one number'),
  threePhase('violated', 'VOLATILE CRASHES=1', 'promised and adopted ballots are not forced', '307,309'),
  threePhase('violated', 'R=2 PCIFANY', 'pre-commit if anybody is pre-committed', '6.9 million'),
  threePhase('violated', 'N=2 COUNTSITSELF', 'the coordinator counts a vote that it has not adopted'),
  threePhase('violated', 'CRASHES=1 AMNESIA', 'a member without its database counts'),
  threePhase('violated', 'SEALEDALONE', 'a sealed branch aborts alone'),
  threePhase('violated', 'EARLYPRECOMMIT', 'PreCommit leaves before all are sealed'),

  timeouts(
    'violated',
    '',
    'prepared aborts and pre-committed commits alone; one crash, perfect failure detector',
    '724',
  ),
  timeouts('violated', 'ASYNC', 'the same, a slow network and no crash', '725'),
  timeouts('safe', 'TERMINATION', 'termination protocol, perfect failure detector', '1,695'),
  timeouts('safe', 'SLOW', 'termination protocol, slow coordinator, one backup', '22,988'),
  timeouts('violated', 'PARTITION', 'termination protocol, a backup on each side of a partition', '20,573'),
  timeouts('reached', 'TERMINATION WITNESS=1', 'a backup can commit'),
  timeouts('reached', 'TERMINATION WITNESS=2', 'a backup can abort'),
]
