---- MODULE SagaTrace ----
(***************************************************************************)
(* Is what the real engine did a behaviour of the model? Each trace is what *)
(* was seen of one saga, in order; the module Traces, which is generated,   *)
(* holds them. A step of the model that would be seen has to be the trace's *)
(* next event; others may happen in between. TLC prints how far it came in  *)
(* each trace; one is a behaviour of the model if it came to the end. So    *)
(* do Cirstea, Kuppe, Loillier and Merz, "Validating Traces of Distributed  *)
(* Programs Against TLA+ Specifications" (2024).                            *)
(***************************************************************************)
EXTENDS SagaOwnership, Sequences, Traces

VARIABLES t, l   \* which trace, and how many of its events have happened

Trace == Traces[t]
Event == Trace[l + 1]
Has(kind) == l < Len(Trace) /\ Event.e = kind

\* Looking ahead spares states: a node ends a call, or begins to journal, only if its next event is the
\* commit of just that
NextOf(n) == {k \in (l + 1)..Len(Trace) : Trace[k].n = n}
First(set) == CHOOSE k \in set : \A m \in set : k <= m
IsNext(n, b) == LET own_events == NextOf(n) IN
  /\ own_events # {}
  /\ LET e == Trace[First(own_events)] IN
       e.e = "committed" /\ e.j = b.nxt /\ e.rel = b.rel

Submits(n) ==
  /\ \/ Advance(n) \/ Park(n) \/ ActionSucceeds(n) \/ ActionRejected(n) \/ ActionFails(n)
     \/ CompensationSucceeds(n) \/ CompensationFails(n)
  /\ IsNext(n, bat'[n])

Unseen == \E n \in Nodes : Submits(n) \/ Lose(n) \/ FreeOrphan(n) \/ GiveBack(n)

\* A node that has nothing to do with the saga any more
Unconcerned(n) ==
  /\ node[n] = "up" /\ ~Concerned(n)
  /\ node' = [node EXCEPT ![n] = "out"]
  /\ UNCHANGED <<journal, own, orph, act, bat, row, undone, net, late, called>>

Seen ==
  \/ Has("claimed") /\ orph = Event.orphaned /\ (Claim(Event.n) \/ ClaimLost(Event.n))
  \/ Has("committed") /\ WriteAcked(Event.n) /\ journal' = Event.j
  \/ Has("evicted") /\ (Evict(Event.n) \/ Unconcerned(Event.n))
  \/ Has("left") /\ (Leave(Event.n) \/ Unconcerned(Event.n))
  \/ Has("called") /\ \E n \in Nodes : Send(n) /\ act'[n].call = [k |-> Event.k, s |-> Event.s, r |-> "sent"]
  \/ /\ Has("handled")
     /\ \/ \E n \in Nodes : Handle(n) /\ act[n].call.k = Event.k /\ act[n].call.s = Event.s
        \/ <<Event.k, Event.s>> \in late /\ DeliverOne(<<Event.k, Event.s>>)
     /\ net'[Event.s] = Event.net
     /\ \A s \in Steps \ {Event.s} : net'[s] = net[s]

TraceInit ==
  /\ t \in 1..Len(Traces) /\ l = 1 /\ Init
  /\ Trace[1].e = "started" /\ own = Trace[1].n

TraceNext ==
  \/ Unseen /\ UNCHANGED <<t, l>>
  \/ Seen /\ l' = l + 1 /\ t' = t

TraceSpec == TraceInit /\ [][TraceNext]_<<vars, t, l>>

\* Not conditions, but the report: each event that is reached for the first time
ASSUME \A i \in 1..Len(Traces) : TLCSet(i, 0)
Report == l > TLCGet(t) => TLCSet(t, l) /\ PrintT(<<"reached", t, l>>)
====
