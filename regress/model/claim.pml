/* SPDX-License-Identifier: ISC */
/*
 * Claims on where one station is, sroam-flood(7): three routers, sessions
 * that carry the last version only and break, routers that restart with
 * nothing but what their link layer saw, a station that moves and is noticed
 * late or never.  Time is the order of events: of two claims it is known
 * which is younger, unless VAGUE says that ages get lost on the way.
 *
 * Every run ends, as seqnos only grow (and are asserted to stay small: no
 * two routers claim in turn for ever); at its end the tables must be the same
 * and tell the truth.
 */
#ifndef MOVES
#define MOVES	2
#endif
#ifndef CUTS
#define CUTS	1
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif

#define N	3
#define AWAY	3		/* the station is nowhere */
#define SEQ_MAX	30

#define NONE	0
#define FOUND	1		/* seen at start, of unknown age */
#define HERE	2
#define LOST	3

#define OLD	0
#define REPLACED 1
#define KEPT	2
#define WON	3		/* a conflict that the other's version wins */

/* What each router holds: val is a router + 1, or 0 for nowhere. */
byte seq[N], val[N], birth[N];
byte assoc[N], since[N];
bool started[N];

/* Sessions: what waits to be sent, and one message under way, each way. */
bool up[3], pend[9];
chan wire[9] = [1] of { byte, byte, byte };

byte at = 0;			/* the truth */
bool news = true;		/* not reported to its router yet */
byte clock, moves, cuts, restarts;

#define LINK(i, j)	(i + j - 1)
#define WIRE(i, j)	(3 * (i) + (j))
#define IS_LINK(i, j)	((i) != (j) && (RING || (i) == 1 || (j) == 1))
#ifndef RING
#define RING	0
#endif

/* Router i holds another version now, from router f (N: its own). */
inline put(i, s, v, b, f)
{
	seq[i] = s; val[i] = v; birth[i] = b;
	assert(seq[i] < SEQ_MAX);
	k = 0;
	do
	:: k < N ->
		if
		:: k != i && k != f && IS_LINK(i, k) && up[LINK(i, k)] ->
			pend[WIRE(i, k)] = true
		:: else
		fi;
		k++
	:: else -> break
	od;
	k = 0
}

/* Evidence: it is at i. */
inline join(i)
{
	clock++;
	since[i] = clock;
	assoc[i] = HERE;
	if
	:: val[i] != i + 1 -> put(i, seq[i] + 1, i + 1, clock, N)
	:: else
	fi
}

inline receive(i, f, s, v, b)
{
	if
	:: s > seq[i] -> r = REPLACED
	:: s < seq[i] || (s == seq[i] && v == val[i]) -> r = OLD
	:: s == seq[i] && v > val[i] -> r = WON
	:: s == seq[i] && v < val[i] -> r = KEPT
	fi;
	if
	:: assoc[i] == HERE && v != i + 1 && r != OLD ->
		if
		:: v != 0 && b >= since[i] ->		/* younger: yield */
			assoc[i] = LOST;
			if
			:: r == KEPT -> put(i, s + 1, v, b, N)
			:: else -> put(i, s, v, b, f)
			fi
		:: else ->				/* claim again */
#ifdef NO_RECLAIM
			if
			:: r != KEPT -> put(i, s, v, b, f)
			:: else
			fi
#else
			put(i, s + 1, i + 1, since[i], N)
#endif
		fi
	:: else ->
		if
		:: r == REPLACED || r == WON -> put(i, s, v, b, f);
			if
			:: assoc[i] == FOUND && val[i] == i + 1 -> join(i)
			:: else
			fi
		:: else
		fi
	fi;
	r = 0
}

inline cut(i, j)
{
	up[LINK(i, j)] = false;
	pend[WIRE(i, j)] = false; pend[WIRE(j, i)] = false;
	do
	:: len(wire[WIRE(i, j)]) > 0 -> wire[WIRE(i, j)]?_, _, _
	:: len(wire[WIRE(j, i)]) > 0 -> wire[WIRE(j, i)]?_, _, _
	:: len(wire[WIRE(i, j)]) == 0 && len(wire[WIRE(j, i)]) == 0 -> break
	od
}

inline heal(i, j)
{
	up[LINK(i, j)] = true;
	pend[WIRE(i, j)] = seq[i] > 0;
	pend[WIRE(j, i)] = seq[j] > 0
}

/* With its table goes all that its sessions carried. */
inline restart(i)
{
	seq[i] = 0; val[i] = 0; birth[i] = 0; since[i] = 0;
	started[i] = false;
	if
	:: assoc[i] != NONE || (at == i && !news) -> assoc[i] = FOUND
	:: else
	fi;
	k = 0;
	do
	:: k < N ->
		if
		:: IS_LINK(i, k) && up[LINK(i, k)] -> cut(i, k); heal(i, k)
		:: else
		fi;
		k++
	:: else -> break
	od;
	k = 0
}

/* Nothing waits and nothing is under way: then all hold the same. */
#define STILL(i, j)	(up[LINK(i, j)] && !pend[WIRE(i, j)] && \
	!pend[WIRE(j, i)] && len(wire[WIRE(i, j)]) == 0 && len(wire[WIRE(j, i)]) == 0)
#define SAME(i, j)	(seq[i] == seq[j] && val[i] == val[j])
#define QUIET		(STILL(0, 1) && STILL(1, 2) && (!RING || STILL(0, 2)))
#define ROUTED(i)	(assoc[i] == HERE && val[i] == i + 1)

inline check()
{
	assert(!QUIET || (SAME(0, 1) && SAME(1, 2)));
	assert(!QUIET || ROUTED(0) + ROUTED(1) + ROUTED(2) <= 1)
}

#define TRUE_AT(i)	((assoc[i] == HERE) == (at == i))

/* One router's steps. */
#define ROUTER(i)							\
	:: atomic { at == i && news -> news = false; join(i); check() }	\
	:: atomic { at == i && !news && assoc[i] != HERE ->		\
		join(i); check() }	/* it speaks */			\
	:: atomic { assoc[i] == HERE && at != i -> assoc[i] = NONE;	\
		if							\
		:: val[i] == i + 1 -> put(i, seq[i] + 1, 0, 0, N)	\
		:: else							\
		fi; check() }						\
	:: atomic { (assoc[i] == LOST || assoc[i] == FOUND) &&		\
		at != i -> assoc[i] = NONE }				\
	:: atomic { started[i] && assoc[i] != HERE &&			\
		val[i] == i + 1 -> put(i, seq[i] + 1, 0, 0, N); check() } \
	:: atomic { !started[i] -> started[i] = true;			\
		if							\
		:: assoc[i] == FOUND && (val[i] == 0 || val[i] == i + 1) -> \
			join(i)						\
		:: else							\
		fi; check() }						\
	:: atomic { restarts < RESTARTS -> restarts++; restart(i); check() }

/* One session's, one way. */
#ifdef VAGUE
#define AGED(b)	if :: b = clock :: skip fi
#else
#define AGED(b)	skip
#endif
#define SESSION(i, j)							\
	:: atomic { pend[WIRE(i, j)] && up[LINK(i, j)] &&		\
		len(wire[WIRE(i, j)]) == 0 -> pend[WIRE(i, j)] = false;	\
		wire[WIRE(i, j)]!seq[i], val[i], birth[i] }		\
	:: atomic { len(wire[WIRE(i, j)]) > 0 ->				\
		wire[WIRE(i, j)]?s0, v0, b0; AGED(b0);			\
		receive(j, i, s0, v0, b0); s0 = 0; v0 = 0; b0 = 0; check() }
#define BREAK(i, j)							\
	:: atomic { up[LINK(i, j)] && cuts < CUTS -> cuts++; cut(i, j) } \
	:: atomic { !up[LINK(i, j)] -> heal(i, j); check() }
#define MOVE(x)								\
	:: atomic { moves < MOVES && at != x -> moves++; at = x;	\
		news = (x != AWAY) }

active proctype network()
{
	byte k, r, s0, v0, b0;

	started[0] = true; started[1] = true; started[2] = true;
	up[LINK(0, 1)] = true; up[LINK(1, 2)] = true; up[LINK(0, 2)] = RING;
	do
	ROUTER(0)
	ROUTER(1)
	ROUTER(2)
	SESSION(0, 1)
	SESSION(1, 0)
	SESSION(1, 2)
	SESSION(2, 1)
	BREAK(0, 1)
	BREAK(1, 2)
#if RING
	SESSION(0, 2)
	SESSION(2, 0)
	BREAK(0, 2)
#endif
	MOVE(0)
	MOVE(1)
	MOVE(2)
	MOVE(AWAY)
	:: timeout ->
		assert(SAME(0, 1) && SAME(1, 2));
		assert(TRUE_AT(0) && TRUE_AT(1) && TRUE_AT(2));
		assert(val[0] == (at == AWAY -> 0 : at + 1));
		break
	od
}
