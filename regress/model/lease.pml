/* SPDX-License-Identifier: ISC */
/*
 * The lease of one address, sroam-flood(7), that two stations want: they
 * join different routers, of three in a row, with or without having heard of
 * each other.  Sessions break, routers restart (the leases of routes that are
 * still in the kernel are adopted), stations release, leave and join
 * elsewhere.  Every run ends; at its end the tables must be the same, and no
 * two stations use the address.
 *
 * V1_TIES: of two leases with one seqno the one that remains longer wins, as
 * in version 1, each hop rounding that time down or not.
 */
#ifndef MOVES
#define MOVES	1
#endif
#ifndef CUTS
#define CUTS	1
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif
#ifndef RELEASES
#define RELEASES 1
#endif

#define N	3
#define AWAY	3
#define SEQ_MAX	20

#define OLD	0
#define REPLACED 1
#define KEPT	2
#define WON	3

/* What a router holds: seq is one more than on the wire, 0: nothing. */
byte seq[N], mac[N], birth[N], life[N];
bool live[N], route[N];		/* route: of its station, in its kernel */

bool up[2], pend[9];
chan wire[9] = [1] of { byte, byte, byte, bool, byte };

/* Stations 1 and 2. */
byte at[3], has[3];		/* has: it uses the address */
bool asked[3];			/* whether it may use it still, where it is */
byte clock, moves, cuts, restarts, releases;

/* Lifetimes are sent in seconds: clock is finer, so they round. */
#define LIFE	(2 + clock)

#define LINK(i, j)	((i) + (j) == 3)
#define WIRE(i, j)	(3 * (i) + (j))
#define IS_LINK(i, j)	((i) != (j) && ((i) == 1 || (j) == 1))

inline put(i, s, m, b, l, t, f)
{
	seq[i] = s; mac[i] = m; birth[i] = b; live[i] = l; life[i] = t;
	assert(seq[i] < SEQ_MAX);
	/* The route goes, and the station asks again. */
	if
	:: at[1] == i && has[1] && !(l && m == 1) -> has[1] = false
	:: else
	fi;
	if
	:: at[2] == i && has[2] && !(l && m == 2) -> has[2] = false
	:: else
	fi;
	route[i] = l && at[m] == i;
	k = 0;
	do
	:: k < N ->
		if
		:: k != f && IS_LINK(i, k) && up[LINK(i, k)] ->
			pend[WIRE(i, k)] = true
		:: else
		fi;
		k++
	:: else -> break
	od;
	k = 0
}

#ifdef V1_TIES
#define BETTER(t, v, i)	(t > life[i])
#define WORSE(t, v, i)	(t <= life[i])
#else
#define BETTER(t, v, i)	(v > mac[i])
#define WORSE(t, v, i)	(v < mac[i])
#endif

inline receive(i, f, s, v, b, l, t)
{
	if
	:: s > seq[i] ||
	   (s == seq[i] && v == mac[i] && l && !live[i]) -> r = REPLACED
	:: s < seq[i] ||
	   (s == seq[i] && v == mac[i] && !(l && !live[i])) -> r = OLD
	:: s == seq[i] && v != mac[i] && BETTER(t, v, i) -> r = WON
	:: s == seq[i] && v != mac[i] && WORSE(t, v, i) -> r = KEPT
	fi;
	if
	:: seq[i] == 0 && !l -> skip	/* the end of what it never knew */
	:: (seq[i] > 0 || l) && r == OLD && l && !live[i] && s != seq[i] ->
		/* It began again where no router remembered the end. */
		put(i, seq[i], mac[i], birth[i], false, 0, N)
	:: r == REPLACED && seq[i] > 0 && !l && live[i] && v == mac[i] &&
	   at[mac[i]] == i && b < birth[i] ->
		/* An end older than what it granted. */
		put(i, s + 1, mac[i], birth[i], true, life[i], N)
	:: r == KEPT && live[i] && at[mac[i]] == i ->
#ifdef V1_TIES
		skip
#else
		put(i, s + 1, mac[i], birth[i], true, life[i], N)
#endif
	:: else ->
		if
		:: r == REPLACED || r == WON ->
			put(i, s, v, b, l, t, f)
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
	:: len(wire[WIRE(i, j)]) > 0 -> wire[WIRE(i, j)]?_, _, _, _, _
	:: len(wire[WIRE(j, i)]) > 0 -> wire[WIRE(j, i)]?_, _, _, _, _
	:: len(wire[WIRE(i, j)]) == 0 && len(wire[WIRE(j, i)]) == 0 -> break
	od
}

inline heal(i, j)
{
	up[LINK(i, j)] = true;
	pend[WIRE(i, j)] = seq[i] > 0;
	pend[WIRE(j, i)] = seq[j] > 0
}

/* Only the kernel's route is left. */
inline restart(i)
{
	seq[i] = 0; birth[i] = 0; live[i] = false; life[i] = 0;
	if
	:: IS_LINK(i, 0) && up[LINK(i, 0)] -> cut(i, 0); heal(i, 0)
	:: else
	fi;
	if
	:: IS_LINK(i, 1) && up[LINK(i, 1)] -> cut(i, 1); heal(i, 1)
	:: else
	fi;
	if
	:: IS_LINK(i, 2) && up[LINK(i, 2)] -> cut(i, 2); heal(i, 2)
	:: else
	fi;
	if
	:: route[i] -> clock++; put(i, 1, mac[i], clock, true, LIFE, N)
	:: else -> mac[i] = 0
	fi
}

#ifdef V1_TIES
#define ROUNDED(t) if :: t > 0 -> t-- :: skip fi
#else
#define ROUNDED(t) skip
#endif

#define STILL(i, j)	(up[LINK(i, j)] && !pend[WIRE(i, j)] && \
	!pend[WIRE(j, i)] && len(wire[WIRE(i, j)]) == 0 && \
	len(wire[WIRE(j, i)]) == 0)
/* An end may be known to some only. */
#define SAME(i, j)	(live[i] == live[j] && (!live[i] || \
	(seq[i] == seq[j] && mac[i] == mac[j])))
#define QUIET		(STILL(0, 1) && STILL(1, 2))
#define USES(m)		(has[m] && asked[m] && at[m] != AWAY)

inline check()
{
	assert(!QUIET || (SAME(0, 1) && SAME(1, 2)));
	assert(!QUIET || !(USES(1) && USES(2)))
}

/*
 * It asks: for the address, if nobody else's live lease is known there; for
 * this one it asks once at each place, else it is given another.
 */
inline grant(m, i)
{
	asked[m] = true;
	if
	:: live[i] && mac[i] != m -> has[m] = false
	:: live[i] && mac[i] == m -> has[m] = true; route[i] = true
	:: !live[i] -> clock++;
		put(i, seq[i] + 1, m, clock, true, LIFE, N);
		has[m] = true; route[i] = true
	fi
}

#define STATION(m)							\
	:: atomic { at[m] != AWAY && !asked[m] -> grant(m, at[m]); check() } \
	:: atomic { moves < MOVES -> moves++; route[0] = route[0] &&	\
		!(at[m] == 0); route[1] = route[1] && !(at[m] == 1);	\
		route[2] = route[2] && !(at[m] == 2);			\
		if :: at[m] != 0 -> at[m] = 0 :: at[m] != 1 -> at[m] = 1 \
		:: at[m] != 2 -> at[m] = 2 :: at[m] != AWAY -> at[m] = AWAY \
		fi; asked[m] = false; check() }				\
	:: atomic { has[m] && at[m] != AWAY && releases < RELEASES &&	\
		live[at[m]] && mac[at[m]] == m -> releases++;		\
		has[m] = false; clock++; put(at[m], seq[at[m]] + 1, m,	\
		clock, false, 0, N); check() }

#define ROUTER(i)							\
	:: atomic { restarts < RESTARTS -> restarts++; restart(i); check() }

#define SESSION(i, j)							\
	:: atomic { pend[WIRE(i, j)] && up[LINK(i, j)] &&		\
		len(wire[WIRE(i, j)]) == 0 -> pend[WIRE(i, j)] = false;	\
		wire[WIRE(i, j)]!seq[i], mac[i], birth[i], live[i], life[i] } \
	:: atomic { len(wire[WIRE(i, j)]) > 0 ->			\
		wire[WIRE(i, j)]?s0, v0, b0, l0, t0; ROUNDED(t0);	\
		receive(j, i, s0, v0, b0, l0, t0);			\
		s0 = 0; v0 = 0; b0 = 0; l0 = false; t0 = 0; check() }
#define BREAK(i, j)							\
	:: atomic { up[LINK(i, j)] && cuts < CUTS -> cuts++; cut(i, j) } \
	:: atomic { !up[LINK(i, j)] -> heal(i, j); check() }

active proctype network()
{
	byte k, r, s0, v0, b0, t0;
	bool l0;

	at[0] = AWAY; at[1] = 0; at[2] = 2;
	up[0] = true; up[1] = true;
	do
	STATION(1)
	STATION(2)
	ROUTER(0)
	ROUTER(1)
	ROUTER(2)
	SESSION(0, 1)
	SESSION(1, 0)
	SESSION(1, 2)
	SESSION(2, 1)
	BREAK(0, 1)
	BREAK(1, 2)
	:: timeout ->
		assert(SAME(0, 1) && SAME(1, 2));
		assert(!(USES(1) && USES(2)));
		assert(!USES(1) || (live[at[1]] && mac[at[1]] == 1));
		assert(!USES(2) || (live[at[2]] && mac[at[2]] == 2));
		break
	od
}
