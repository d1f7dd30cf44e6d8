/* SPDX-License-Identifier: ISC */
/*
 * One MAC address in two networks, sroam-flood(7): three routers in a row that
 * claim where it is in each, and send what is for it there directly; without a
 * route they send by default to the first router, from where it leaves.
 * Stations move and are noticed late; routers start with empty tables, and may
 * lose or get network 1 then.  Sessions carry the last version, whenever.
 *
 * Every run ends; at its end each network tells the truth of its own station,
 * and packets from any router end at it, or leave, within as many hops as there
 * are routers.
 *
 * GLOBAL: a location is of the MAC address alone, leases are per network.
 * NO_DENY: who lacks a network does not say that a station is not there.
 */
#ifndef MOVES
#define MOVES	2
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif

#define N	3
#define AWAY	3
#define SEQ_MAX	30

#define NONE	0
#define FOUND	1
#define HERE	2
#define LOST	3

/* By network and router; of the location by its own, if that is one for both. */
#define A(n, i)	(N * (n) + (i))
#ifdef GLOBAL
#define X(n, i)	(i)
#define TOUCHED(n, i)	(assoc[A(0, i)] == HERE || assoc[A(1, i)] == HERE)
#else
#define X(n, i)	A(n, i)
#define TOUCHED(n, i)	(assoc[A(n, i)] == HERE)
#endif

byte seq[6], val[6], birth[6];
bool toleft[6], toright[6];	/* waits to be sent to that neighbour */
byte assoc[6], since[6];
bool lacks[N];			/* network 1 */

byte at[2];
bool news[2];
byte clock, moves, restarts;

inline put(n, i, s, v, b)
{
	seq[X(n, i)] = s; val[X(n, i)] = v; birth[X(n, i)] = b;
	assert(s < SEQ_MAX);
	toleft[X(n, i)] = (i) > 0;
	toright[X(n, i)] = (i) < N - 1
}

inline join(n, i)
{
	clock++;
	since[A(n, i)] = clock;
	assoc[A(n, i)] = HERE;
	if
	:: val[X(n, i)] != i + 1 ->
		put(n, i, seq[X(n, i)] + 1, i + 1, clock)
	:: else
	fi
}

/* It is here, and somebody says that it is elsewhere. */
inline answer(n, i, s, v, b)
{
	if
	:: assoc[A(n, i)] == HERE && v != i + 1 ->
		if
		:: v != 0 && b >= since[A(n, i)] -> assoc[A(n, i)] = LOST
		:: else -> put(n, i, s + 1, i + 1, since[A(n, i)])
		fi
	:: else
	fi
}

inline receive(n, i, s, v, b)
{
	if
	:: s > seq[X(n, i)] || (s == seq[X(n, i)] && v > val[X(n, i)]) ->
		put(n, i, s, v, b);
#ifdef GLOBAL
		answer(0, i, s, v, b);
		answer(1, i, s, v, b)
#else
		answer(n, i, s, v, b)
#endif
	:: else
	fi
}

#define MAY(n, i)	((n) == 0 || !lacks[i])

#define STATION(n, i)							\
	:: atomic { at[n] == i && news[n] -> news[n] = false; join(n, i) } \
	:: atomic { SPEAKS && at[n] == i && !news[n] && MAY(n, i) &&	\
		assoc[A(n, i)] != HERE -> join(n, i) }			\
	:: atomic { assoc[A(n, i)] != NONE && at[n] != i ->		\
		assoc[A(n, i)] = NONE;					\
		if							\
		:: val[X(n, i)] == i + 1 && !TOUCHED(n, i) ->			\
			put(n, i, seq[X(n, i)] + 1, 0, 0)		\
		:: else							\
		fi }							\
	:: atomic { val[X(n, i)] == i + 1 && !TOUCHED(n, i) && at[n] != i &&	\
		(DENIES || MAY(n, i)) ->				\
		put(n, i, seq[X(n, i)] + 1, 0, 0) }
#ifdef GLOBAL
#define SPEAKS	false
#else
#define SPEAKS	true
#endif
#ifdef NO_DENY
#define DENIES	false
#else
#define DENIES	true
#endif

#define SEND(n, i)							\
	:: atomic { toleft[X(n, i)] -> toleft[X(n, i)] = false;		\
		receive(n, i - 1, seq[X(n, i)], val[X(n, i)],		\
		birth[X(n, i)]) }					\
	:: atomic { toright[X(n, i)] -> toright[X(n, i)] = false;	\
		receive(n, i + 1, seq[X(n, i)], val[X(n, i)],		\
		birth[X(n, i)]) }

/* Its neighbours send all that they have. */
inline wipe(n, i)
{
	seq[X(n, i)] = 0; val[X(n, i)] = 0; birth[X(n, i)] = 0;
	toleft[X(n, i)] = false; toright[X(n, i)] = false;
	if
	:: i > 0 -> toright[X(n, i - 1)] = seq[X(n, i - 1)] > 0
	:: else
	fi;
	if
	:: i < N - 1 -> toleft[X(n, i + 1)] = seq[X(n, i + 1)] > 0
	:: else
	fi;
	if
	:: assoc[A(n, i)] != NONE -> assoc[A(n, i)] = FOUND
	:: else
	fi
}

/* It has no interface there any more: who was there is nowhere. */
inline lose(i)
{
	lacks[i] = true;
	assoc[A(1, i)] = NONE;
	if
	:: at[1] == i -> at[1] = AWAY; news[1] = false
	:: else
	fi
}

#define ROUTER(i)							\
	:: atomic { restarts < RESTARTS -> restarts++;			\
		wipe(0, i); wipe(1, i);				\
		if :: lose(i) :: lacks[i] = false :: skip fi }

#define MOVE(n, x)							\
	:: atomic { moves < MOVES && at[n] != x && (x == AWAY ||	\
		MAY(n, x)) -> moves++; at[n] = x; news[n] = (x != AWAY) }

#define KNOWS(n, i)	(MAY(n, i) && val[X(n, i)] != 0)
#define ARRIVED(n, i)	(KNOWS(n, i) && val[X(n, i)] == (i) + 1 && \
	assoc[A(n, i)] == HERE)
#define DIRECT(n, i)	(KNOWS(n, i) && val[X(n, i)] != (i) + 1)

inline follow(n, i)
{
	p = i; h = 0;
	do
	:: ARRIVED(n, p) -> assert(at[n] == p); break
	:: DIRECT(n, p) -> p = val[X(n, p)] - 1; h++; assert(h <= N)
	:: !KNOWS(n, p) && p == 0 -> break
	:: !ARRIVED(n, p) && !DIRECT(n, p) && p != 0 ->
		p = 0; h++; assert(h <= N)
	:: KNOWS(n, p) && !ARRIVED(n, p) && !DIRECT(n, p) && p == 0 -> break
	od;
	p = 0; h = 0
}

#define SAME(n)		(seq[X(n, 0)] == seq[X(n, 1)] && \
	seq[X(n, 1)] == seq[X(n, 2)] && val[X(n, 0)] == val[X(n, 1)] && \
	val[X(n, 1)] == val[X(n, 2)])

active proctype network()
{
	byte p, h;

	at[0] = 1; at[1] = AWAY; news[0] = true;
	do
	STATION(0, 0) STATION(0, 1) STATION(0, 2)
	STATION(1, 0) STATION(1, 1) STATION(1, 2)
	SEND(0, 0) SEND(0, 1) SEND(0, 2)
	SEND(1, 0) SEND(1, 1) SEND(1, 2)
	ROUTER(0) ROUTER(1) ROUTER(2)
	MOVE(0, 2) MOVE(0, AWAY)
	MOVE(1, 0) MOVE(1, 1) MOVE(1, 2) MOVE(1, AWAY)
	:: timeout ->
		follow(0, 0); follow(0, 1); follow(0, 2);
		follow(1, 0); follow(1, 1); follow(1, 2);
		assert(SAME(0) && SAME(1));
#ifndef GLOBAL
		assert(val[X(0, 0)] == (at[0] == AWAY -> 0 : at[0] + 1));
		assert(val[X(1, 0)] == (at[1] == AWAY -> 0 : at[1] + 1));
#endif
		break
	od
}
