---- MODULE SagaProgress ----
(***************************************************************************)
(* After the last fault every saga ends. At any moment it may become quiet *)
(* - whatever state the faults have left behind - and from then on nothing *)
(* fails any more: what a healthy node, store and participant can do is    *)
(* done in the end. The simulator's runs end with the same quiet phase.    *)
(***************************************************************************)
EXTENDS SagaOwnership

VARIABLE quiet

\* What is to be journaled; not a cancel that is refused, which is no progress
Forward(n) == Advance(n) /\ (act[n].rec \/ bat'[n].nxt # bat'[n].base)

Healthy == \E n \in Nodes :
  \/ Forward(n) \/ Send(n) \/ Handle(n) \/ ActionSucceeds(n) \/ CompensationSucceeds(n)
  \/ WriteAcked(n) \/ DoubtCommits(n) \/ DoubtAborts(n)
  \/ node[n] = "dead" /\ Evict(n)
  \/ Lose(n) \/ FreeOrphan(n) \/ Claim(n) \/ GiveBack(n)

QuietInit == Init /\ quiet = FALSE
BecomesQuiet == ~quiet /\ quiet' = TRUE /\ UNCHANGED vars
QuietStep == quiet /\ Healthy /\ UNCHANGED quiet
QuietNext == (~quiet /\ Next /\ UNCHANGED quiet) \/ BecomesQuiet \/ QuietStep

ProgressSpec == QuietInit /\ [][QuietNext]_<<vars, quiet>> /\ WF_<<vars, quiet>>(QuietStep)

EndsAfterTheLastFault == quiet ~> IsTerminal(journal)
====
