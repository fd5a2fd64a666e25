---- MODULE SagaOwnership ----
(***************************************************************************)
(* Who may drive a saga, and what its journal proves: the protocol as      *)
(* built. README.md beside this file explains it for readers of SQL.       *)
(*                                                                         *)
(* One saga of N steps. A node is one life of a coordinator: an id that    *)
(* the store gave out once, and never gives a lease again. A process that  *)
(* lost its lease goes on as another node. Time is not modelled: whatever  *)
(* depends on a clock (leases, timeouts, deadlines, backoff) may happen at *)
(* any moment.                                                             *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS
  Nodes,       \* how many lives there are; the last that is up neither dies nor is evicted
  N,           \* the saga's steps are 1..N
  Pivot,       \* steps before it are compensatable, those after it retriable; N + 1: no pivot
  AtMostOnce,  \* the compensatable steps that are called once at most
  Bug          \* "none", or the name of one mistake that TLC has to find

Steps == 1..N
Nobody == "nobody"
Off == [on |-> FALSE]
NoCall == [k |-> "-"]

VARIABLES
  \* The database
  journal,  \* what the saga's records fold to: status, st (of each step), open (of the current one)
  own,      \* saga_instance.owner
  orph,     \* saga_instance.orphaned
  node,     \* "up": has a lease; "dead": crashed, and its rows are there still; "out": no lease
  \* The coordinators' memory
  act,      \* per node, its actor of the saga: j (the state it believes), rec (it has to journal
            \* SAGA_RESUMED first), call (what it has called: k "A" or "C", step s, r "sent" or "ok")
  bat,      \* per node, its batch on the way to the database: from base to nxt; rel: lets go of the
            \* saga; chg: changes its row; op: holds the outcome of a call; in: it is committed and
            \* the node doesn't know; doubt: a transaction without a client holds the fence
  \* The participants and the network
  row,      \* per step, the barrier's row of the action: "none", or who wrote it: "action", "comp"
  undone,   \* the steps that have the barrier's row of the compensation
  net,      \* per step, how often its effect stands
  late,     \* calls <<k, s>> of which copies may be under way, to be handled at any time
  called    \* per at-most-once step, how often its action was called; counted up to 2

vars == <<journal, own, orph, node, act, bat, row, undone, net, late, called>>

----------------------------------------------------------------------------
(* The machine: io.sagaflow.machine. Pure functions of what a journal folds to. *)

\* SagaState.current
Cur(j) == IF \A s \in Steps : j.st[s] = "COMPLETED" THEN N + 1
          ELSE CHOOSE s \in Steps : j.st[s] # "COMPLETED" /\ \A t \in 1..(s - 1) : j.st[t] = "COMPLETED"

\* SagaState.mayTurnBack
MayTurnBack(j) ==
  /\ j.status = "RUNNING" /\ Cur(j) <= N
  /\ \/ Cur(j) < Pivot
     \/ Cur(j) = Pivot /\ (j.st[Pivot] = "REJECTED" \/ Bug = "pivot-turned-back")

\* SagaState.nextToCompensate; 0 if no step is left. Without a pivot's compensation there is none to run.
ToUndo(j) == {s \in Steps : /\ s < Pivot \/ Bug = "pivot-compensated"
                            /\ j.st[s] \in {"COMPLETED", "UNKNOWN", "COMPENSATION_FAILED"}}
Last(j) == IF ToUndo(j) = {} THEN 0
           ELSE IF Bug = "forward-order" THEN CHOOSE s \in ToUndo(j) : \A t \in ToUndo(j) : t >= s
           ELSE CHOOSE s \in ToUndo(j) : \A t \in ToUndo(j) : t <= s

Step(j, s, status) == [j EXCEPT !.st[s] = status]

\* Fold.turnedBack: the step that the journal made eligible may have started
TurnBack(j) ==
  LET s == Cur(j)
      started == IF Bug = "intent-ignored" THEN {"STARTED"} ELSE {"PENDING", "STARTED"}
      marked == IF j.st[s] \in started THEN Step(j, s, "UNKNOWN") ELSE j
  IN [marked EXCEPT !.status = "COMPENSATING", !.open = FALSE]

\* Fold.opened, the effect of SAGA_RESUMED: an attempt of the current step may have taken effect
Opened(j) ==
  IF j.status = "RUNNING" /\ Cur(j) <= N /\ (j.st[Cur(j)] = "STARTED" \/ Cur(j) \notin AtMostOnce)
  THEN [j EXCEPT !.open = TRUE] ELSE j

\* Decider.decide, as long as it says Append: SagaActor.advance
RECURSIVE Settle(_)
Settle(j) ==
  LET s == Cur(j) IN
  CASE j.status = "RUNNING" /\ s = N + 1 -> [j EXCEPT !.status = "COMPLETED"]
    [] j.status = "RUNNING" /\ s <= N /\ j.st[s] \in {"REJECTED", "UNKNOWN"} -> Settle(TurnBack(j))
    [] j.status = "RUNNING" /\ s <= N /\ j.st[s] = "STARTED" /\ j.open /\ Bug # "once-repeated"
         -> Settle(TurnBack(Step(j, s, "UNKNOWN")))
    [] j.status = "RUNNING" /\ s \in AtMostOnce /\ j.st[s] = "PENDING" -> Step(j, s, "STARTED")
    [] j.status = "COMPENSATING" /\ ToUndo(j) = {} -> [j EXCEPT !.status = "COMPENSATED"]
    [] OTHER -> j

\* What may follow from a state: a deadline that passes, or a cancel that waits, turns the saga
Results(j) == {Settle(j)} \cup (IF MayTurnBack(j) THEN {Settle(TurnBack(j))} ELSE {})

\* Fold.stuck and Fold.retried; two statuses here, for the status to which a retry returns
Stuck(j) == IF j.status = "RUNNING" THEN [Opened(j) EXCEPT !.status = "STUCK_FORWARD"]
            ELSE [Step(j, Last(j), "COMPENSATION_FAILED") EXCEPT !.status = "STUCK_BACKWARD"]
Retried(j) == [j EXCEPT !.status = IF @ = "STUCK_FORWARD" THEN "RUNNING" ELSE "COMPENSATING"]
IsStuck(j) == j.status \in {"STUCK_FORWARD", "STUCK_BACKWARD"}
IsTerminal(j) == j.status \in {"COMPLETED", "COMPENSATED"}
IsSettled(j) == IsStuck(j) \/ IsTerminal(j)

\* Judge.rejected
Rejected(j) ==
  LET s == Cur(j) IN
  IF s > Pivot THEN {Stuck(j)}
  ELSE IF ~j.open \/ Bug = "rejection-trusted" THEN Results(Step(j, s, "REJECTED"))
  ELSE IF s = Pivot THEN {j, Stuck(j)}                     \* neither passed nor compensated: retried
  ELSE Results(Step(j, s, "UNKNOWN"))

\* Judge.failed and Judge.exhausted, and SagaActor.callLeaked, which makes any saga stuck
Failed(j) ==
  LET s == Cur(j)
      retried == IF s \in AtMostOnce THEN {} ELSE Results([j EXCEPT !.open = TRUE])
      given_up == IF s < Pivot \/ (s = Pivot /\ Bug = "pivot-compensated")
                  THEN Results(Step(j, s, "UNKNOWN")) ELSE {}
      ignored == IF Bug = "failure-is-rejection" THEN Results(Step(j, s, "REJECTED")) ELSE {}
  IN retried \cup given_up \cup ignored \cup {Stuck(j)}

----------------------------------------------------------------------------
(* The participant's barrier: design, section 6. *)

DoAction(s) ==
  IF Bug = "no-barrier" THEN net' = [net EXCEPT ![s] = @ + 1] /\ row' = [row EXCEPT ![s] = "action"]
  ELSE IF row[s] = "none" THEN net' = [net EXCEPT ![s] = @ + 1] /\ row' = [row EXCEPT ![s] = "action"]
  ELSE UNCHANGED <<net, row>>                          \* a duplicate, or too late

DoCompensation(s) ==
  /\ undone' = undone \cup {s}
  /\ row' = IF row[s] = "none" /\ Bug # "no-tombstone" THEN [row EXCEPT ![s] = "comp"] ELSE row
  /\ net' = IF s \notin undone /\ row[s] = "action" THEN [net EXCEPT ![s] = @ - 1] ELSE net

\* A copy of a call arrives that nobody waits for any more: late, repeated by the network, a zombie's
DeliverOne(m) ==
  /\ IF m[1] = "A" THEN DoAction(m[2]) /\ UNCHANGED undone ELSE DoCompensation(m[2])
  /\ UNCHANGED <<journal, own, orph, node, act, bat, late, called>>
Deliver == \E m \in late : DeliverOne(m)

----------------------------------------------------------------------------
(* The actor: io.sagaflow.engine.SagaActor, in which one thing happens at a time. *)

Idle(n) == act[n].on /\ ~bat[n].on /\ act[n].call = NoCall

\* What was called and isn't answered may still be handled, once its caller is gone or gave up
Loose(n) == IF act[n].on /\ act[n].call # NoCall THEN late \cup {<<act[n].call.k, act[n].call.s>>} ELSE late

\* SagaActor.append: the lane gets a batch that leads to nxt. What it changes of the row is
\* SagaAppend.changesSaga; a released saga is let go of in the same append.
Submit(n, nxt, rel, prog, op) ==
  LET j == act[n].j
      release == rel \/ IsSettled(nxt)
  IN /\ bat' = [bat EXCEPT ![n] = [on |-> TRUE, base |-> j, nxt |-> nxt, rel |-> release,
                                   chg |-> release \/ prog \/ nxt.status # j.status, op |-> op,
                                   in |-> FALSE, doubt |-> FALSE, stale |-> FALSE]]
     /\ act' = [act EXCEPT ![n].rec = FALSE, ![n].call = NoCall]

\* SagaActor.begin and advance: what is to be journaled before anything is called. SAGA_RESUMED; the
\* start of an at-most-once step; a turn by the deadline or a cancel; an operator's retry; or, with
\* nothing else, the refusal of a command, whose consumption changes the row (cmd).
Advance(n) ==
  /\ Idle(n)
  /\ LET j == act[n].j
         begun == IF act[n].rec /\ Bug # "not-resumed" THEN Opened(j) ELSE j
     IN \/ \E nxt \in Results(begun), cmd \in BOOLEAN :
             /\ act[n].rec \/ nxt # j \/ cmd
             /\ Submit(n, nxt, FALSE, cmd, FALSE)
        \/ IsStuck(j) /\ \E nxt \in Results(Retried(j)) : Submit(n, nxt, FALSE, TRUE, FALSE)
  /\ UNCHANGED <<journal, own, orph, node, row, undone, net, late, called>>

\* SagaActor.waitUntil (parking) and the release of a stuck saga that was claimed for nothing
Park(n) ==
  /\ Idle(n) /\ ~act[n].rec /\ Settle(act[n].j) = act[n].j
  /\ Submit(n, act[n].j, TRUE, FALSE, FALSE)
  /\ UNCHANGED <<journal, own, orph, node, row, undone, net, late, called>>

\* SagaActor.call: the journal holds all that led to it. A node that lost its lease and doesn't know
\* may call as well.
Call(n, j) ==
  /\ act[n].on /\ act[n].call = NoCall /\ ~act[n].rec /\ Settle(j) = j
  /\ LET s == IF j.status = "RUNNING" THEN Cur(j) ELSE Last(j)
         k == IF j.status = "RUNNING" THEN "A" ELSE "C"
     IN /\ j.status \in {"RUNNING", "COMPENSATING"}
        /\ act' = [act EXCEPT ![n].call = [k |-> k, s |-> s, r |-> "sent"]]
        /\ called' = IF k = "A" /\ s \in AtMostOnce /\ called[s] < 2 THEN [called EXCEPT ![s] = @ + 1] ELSE called
Send(n) ==
  /\ \/ ~bat[n].on /\ Call(n, act[n].j)
     \/ Bug = "called-before-durable" /\ bat[n].on /\ ~bat[n].rel /\ Call(n, bat[n].nxt)
  /\ UNCHANGED <<journal, own, orph, node, bat, row, undone, net, late>>

\* The participant handles the call while its caller waits; a suppressed action is answered as a
\* failure, so its caller learns no more than from a timeout
Handle(n) ==
  /\ act[n].on /\ act[n].call # NoCall /\ act[n].call.r = "sent"
  /\ LET s == act[n].call.s IN
       \/ act[n].call.k = "A" /\ row[s] # "comp" /\ DoAction(s) /\ UNCHANGED undone
       \/ act[n].call.k = "C" /\ DoCompensation(s)
  /\ act' = [act EXCEPT ![n].call.r = "ok"]
  /\ UNCHANGED <<journal, own, orph, node, bat, late, called>>

InCall(n, k) == act[n].on /\ ~bat[n].on /\ act[n].call # NoCall /\ act[n].call.k = k

\* SagaActor.callEnded with Judge.action: SUCCEEDED. The network may still hold another copy.
ActionSucceeds(n) ==
  /\ InCall(n, "A") /\ act[n].call.r = "ok"
  /\ LET done == [Step(act[n].j, act[n].call.s, "COMPLETED") EXCEPT !.open = FALSE]
     IN \E nxt \in Results(done) : Submit(n, nxt, FALSE, TRUE, TRUE)
  /\ late' = Loose(n)
  /\ UNCHANGED <<journal, own, orph, node, row, undone, net, called>>

\* REJECTED: the participant's transaction rolled back and left no trace; no copy is under way
ActionRejected(n) ==
  /\ InCall(n, "A") /\ act[n].call.r = "sent" /\ row[act[n].call.s] = "none"
  /\ \E nxt \in Rejected(act[n].j) : Submit(n, nxt, FALSE, TRUE, TRUE)
  /\ UNCHANGED <<journal, own, orph, node, row, undone, net, late, called>>

\* FAILED or ABORTED: a timeout, a lost answer, an interrupt. The effect may be there, or yet to come.
ActionFails(n) ==
  /\ InCall(n, "A")
  /\ \E nxt \in Failed(act[n].j) : Submit(n, nxt, FALSE, TRUE, TRUE)
  /\ late' = Loose(n)
  /\ UNCHANGED <<journal, own, orph, node, row, undone, net, called>>

\* Judge.compensation
CompensationSucceeds(n) ==
  /\ InCall(n, "C") /\ act[n].call.r = "ok"
  /\ Submit(n, Settle(Step(act[n].j, act[n].call.s, "COMPENSATED")), FALSE, TRUE, TRUE)
  /\ late' = Loose(n)
  /\ UNCHANGED <<journal, own, orph, node, row, undone, net, called>>

CompensationFails(n) ==
  /\ InCall(n, "C")
  /\ \E nxt \in {act[n].j, Stuck(act[n].j)} : Submit(n, nxt, FALSE, TRUE, TRUE)
  /\ late' = Loose(n)
  /\ UNCHANGED <<journal, own, orph, node, row, undone, net, called>>

----------------------------------------------------------------------------
(* The lane: io.sagaflow.jdbc.Lane and BatchStatement. *)

\* The statement locks the slot row FOR KEY SHARE: no row, nothing written. The repeat of a batch waits
\* for the transaction in doubt, since both write the same keys.
MayWrite(n) == bat[n].on /\ ~bat[n].doubt /\ (node[n] = "up" \/ Bug = "no-fence")

\* The statement's effect. ON CONFLICT DO NOTHING: a repeat of what is committed adds no record, and
\* changes the row only while this node owns the saga.
Apply(n) ==
  LET b == bat[n]
      mine == own = n \/ Bug = "release-ignores-owner"
  IN /\ journal' = IF b.in THEN journal ELSE b.nxt
     /\ own' = IF mine /\ b.rel THEN Nobody ELSE own
     /\ orph' = IF mine /\ b.chg THEN FALSE ELSE orph

\* Committed now or by an earlier try, and acknowledged: SagaActor.appendEnded
WriteAcked(n) ==
  /\ MayWrite(n) /\ act[n].on /\ Apply(n)
  /\ bat' = [bat EXCEPT ![n] = Off]
  /\ act' = IF bat[n].stale THEN act
            ELSE IF bat[n].rel THEN [act EXCEPT ![n] = Off] ELSE [act EXCEPT ![n].j = bat[n].nxt]
  /\ UNCHANGED <<node, row, undone, net, late, called>>

\* Committed, and the acknowledgement lost: the lane will repeat the batch
WriteLost(n) ==
  /\ MayWrite(n) /\ ~bat[n].in /\ Apply(n)
  /\ bat' = IF Bug = "lost-ack-is-failure" THEN [bat EXCEPT ![n] = Off] ELSE [bat EXCEPT ![n].in = TRUE]
  /\ UNCHANGED <<node, act, row, undone, net, late, called>>

\* The connection breaks in the commit: the transaction holds its locks, and may end either way
WriteInDoubt(n) ==
  /\ MayWrite(n) /\ ~bat[n].in
  /\ bat' = [bat EXCEPT ![n].doubt = TRUE]
  /\ UNCHANGED <<journal, own, orph, node, act, row, undone, net, late, called>>

\* It ends; its node may be dead by then
DoubtCommits(n) ==
  /\ bat[n].on /\ bat[n].doubt /\ Apply(n)
  /\ bat' = [bat EXCEPT ![n] = IF act[n].on THEN [@ EXCEPT !.in = TRUE, !.doubt = FALSE] ELSE Off]
  /\ UNCHANGED <<node, act, row, undone, net, late, called>>
DoubtAborts(n) ==
  /\ bat[n].on /\ bat[n].doubt
  /\ bat' = [bat EXCEPT ![n] = IF act[n].on THEN [@ EXCEPT !.doubt = FALSE] ELSE Off]
  /\ UNCHANGED <<journal, own, orph, node, act, row, undone, net, late, called>>

----------------------------------------------------------------------------
(* Leases and claims: Membership, Nodes, Orphans, Claims, Engine. *)

\* What is left of a node's memory when it forgets: only a transaction in doubt outlives it
Forget(n) ==
  /\ late' = Loose(n)
  /\ act' = [act EXCEPT ![n] = Off]
  /\ bat' = [bat EXCEPT ![n] = IF bat[n].on /\ bat[n].doubt THEN @ ELSE Off]

Another(n) == \E m \in Nodes \ {n} : node[m] = "up"
Concerned(n) == own = n \/ act[n].on \/ bat[n].on

\* The process dies, or the node is given up because the fate of a write is unknown (Node.isUnsure)
Crash(n) ==
  /\ node[n] = "up" /\ act[n].on /\ Another(n)
  /\ node' = [node EXCEPT ![n] = "dead"]
  /\ Forget(n)
  /\ UNCHANGED <<journal, own, orph, row, undone, net, called>>

\* Nodes.evict deletes the slot row, which waits for whoever holds it FOR KEY SHARE. Any node may be taken
\* for dead at any moment: paused, cut off, superseded under its name, or really dead.
Evict(n) ==
  /\ node[n] \in {"up", "dead"} /\ Concerned(n) /\ Another(n)
  /\ ~(bat[n].on /\ bat[n].doubt) \/ Bug = "fence-not-held"
  /\ node' = [node EXCEPT ![n] = "out"]
  /\ UNCHANGED <<journal, own, orph, act, bat, row, undone, net, late, called>>

\* Node.lose: the node finds out, by an append or a heartbeat
Lose(n) ==
  /\ node[n] = "out" /\ act[n].on
  /\ Forget(n)
  /\ UNCHANGED <<journal, own, orph, node, row, undone, net, called>>

\* Orphans.release
FreeOrphan(n) ==
  /\ own = n /\ node[n] = "out"
  /\ own' = Nobody /\ orph' = TRUE
  /\ UNCHANGED <<journal, node, act, bat, row, undone, net, late, called>>

\* Engine.handOver and Nodes.leave: lease and sagas are given back in one transaction. A saga with an open
\* call (OpenCalls: from before the call until its outcome is durable) is marked an orphan.
Leave(n) ==
  /\ node[n] = "up" /\ Concerned(n) /\ Another(n) /\ ~(bat[n].on /\ bat[n].doubt)
  /\ node' = [node EXCEPT ![n] = "out"]
  /\ own' = IF own = n THEN Nobody ELSE own
  /\ LET open == (act[n].on /\ act[n].call # NoCall) \/ (bat[n].on /\ bat[n].op)
     IN orph' = IF own = n /\ open /\ Bug # "open-call-not-marked" THEN TRUE ELSE orph
  /\ Forget(n)
  /\ UNCHANGED <<journal, row, undone, net, called>>

\* Claims.claim and Recovery.resume. A parked saga is due at some moment, a stuck one after a command. One
\* whose release is still on its way from this process isn't claimed by it (Releases). The mark of an
\* orphan stays until its new owner changes the row.
MayClaim(n) ==
  /\ node[n] = "up" /\ own = Nobody /\ ~IsTerminal(journal)
  /\ ~act[n].on
  /\ ~bat[n].on
Claim(n) ==
  /\ \/ MayClaim(n) /\ UNCHANGED bat
     \/ /\ Bug = "claimed-while-releasing" /\ node[n] = "up" /\ own = Nobody /\ ~IsTerminal(journal)
        /\ bat[n].on /\ bat[n].in /\ bat[n].rel
        /\ bat' = [bat EXCEPT ![n].stale = TRUE]
  /\ own' = n
  /\ act' = [act EXCEPT ![n] = [on |-> TRUE, j |-> journal, rec |-> orph, call |-> NoCall]]
  /\ orph' = IF Bug = "orphan-mark-lost" THEN FALSE ELSE orph
  /\ UNCHANGED <<journal, node, row, undone, net, late, called>>

\* The claim was committed and its answer lost; the node's next claim first gives back what it took
ClaimLost(n) ==
  /\ MayClaim(n)
  /\ own' = n
  /\ orph' = IF Bug = "orphan-mark-lost" THEN FALSE ELSE orph
  /\ UNCHANGED <<journal, node, act, bat, row, undone, net, late, called>>
GiveBack(n) ==
  /\ Bug # "claim-kept"
  /\ node[n] = "up" /\ own = n /\ ~act[n].on /\ ~bat[n].on
  /\ own' = Nobody
  /\ UNCHANGED <<journal, orph, node, act, bat, row, undone, net, late, called>>

----------------------------------------------------------------------------

\* Starts: the start is durable, and its node drives the saga
Init ==
  /\ journal = [status |-> "RUNNING", st |-> [s \in Steps |-> "PENDING"], open |-> FALSE]
  /\ own \in Nodes /\ orph = FALSE
  /\ node = [n \in Nodes |-> "up"]
  /\ act = [n \in Nodes |-> IF n = own THEN [on |-> TRUE, j |-> journal, rec |-> FALSE, call |-> NoCall] ELSE Off]
  /\ bat = [n \in Nodes |-> Off]
  /\ row = [s \in Steps |-> "none"] /\ undone = {} /\ net = [s \in Steps |-> 0] /\ late = {}
  /\ called = [s \in AtMostOnce |-> 0]

Next ==
  \/ Deliver
  \/ \E n \in Nodes :
       \/ Advance(n) \/ Park(n) \/ Send(n) \/ Handle(n)
       \/ ActionSucceeds(n) \/ ActionRejected(n) \/ ActionFails(n)
       \/ CompensationSucceeds(n) \/ CompensationFails(n)
       \/ WriteAcked(n) \/ WriteLost(n) \/ WriteInDoubt(n) \/ DoubtCommits(n) \/ DoubtAborts(n)
       \/ Crash(n) \/ Evict(n) \/ Lose(n) \/ FreeOrphan(n) \/ Leave(n)
       \/ Claim(n) \/ ClaimLost(n) \/ GiveBack(n)

Spec == Init /\ [][Next]_vars

\* A life is like any other
Symmetry == Permutations(Nodes)

----------------------------------------------------------------------------
(* What must hold. *)

\* Every effect stands once at most
EffectOnce == \A s \in Steps : net[s] \in {0, 1}

\* The net effect of an ended saga: all of it, or nothing - and that for good, with calls still under way
Outcome == /\ journal.status = "COMPLETED" => \A s \in Steps : net[s] = 1
           /\ journal.status = "COMPENSATED" => \A s \in Steps : net[s] = 0

\* An action takes effect only after the journal holds that all steps before it have completed
InOrder == \A s \in Steps : row[s] = "action" =>
  \A t \in 1..(s - 1) : journal.st[t] \in {"COMPLETED", "COMPENSATED", "COMPENSATION_FAILED"}

\* Compensations happen in reverse order: no later step has an effect then
InReverse == \A s \in undone : \A t \in (s + 1)..N : net[t] = 0

\* An at-most-once action is called once at most, by whomever
CalledOnce == \A s \in AtMostOnce : called[s] < 2

\* The point of no return: a pivot that may take effect, and what follows it, is never undone
PivotStands ==
  /\ \A s \in Pivot..N : <<"C", s>> \notin late /\ s \notin undone
  /\ journal.status \in {"COMPENSATING", "COMPENSATED", "STUCK_BACKWARD"} =>
       \A s \in Pivot..N : net[s] = 0 /\ <<"A", s>> \notin late

\* A rejection in the journal is definite: there was no effect, and none will come
RejectionIsDefinite == \A s \in Steps : journal.st[s] = "REJECTED" => net[s] = 0 /\ <<"A", s>> \notin late

\* Whoever has a lease and an actor owns the saga, and so there is one such node at most
OneDriver == \A n \in Nodes :
  node[n] = "up" /\ act[n].on /\ ~(bat[n].on /\ bat[n].in /\ bat[n].rel) => own = n

\* Whoever drives the saga, and waits for no write, believes what is in the journal
OwnerKnowsTheJournal == \A n \in Nodes :
  node[n] = "up" /\ act[n].on /\ ~bat[n].on => act[n].j = journal

\* No record is written but by the owner with a lease, on top of what it has read
Fenced == [][journal' # journal => \E n \in Nodes :
               own = n /\ node[n] # "out" /\ bat[n].on /\ bat[n].base = journal /\ bat[n].nxt = journal']_vars

\* An ended saga stays as it is
EndsOnce == [][IsTerminal(journal) => journal' = journal]_vars

\* After a step's compensation its action takes no effect
NoActionAfterCompensation == [][\A s \in undone : net'[s] <= net[s]]_vars

====
