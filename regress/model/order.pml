/* SPDX-License-Identifier: ISC */
/*
 * The order of versions, sroam-flood(7): routers in a ring, sessions that
 * carry octets in order, three versions of one key that are put in at three
 * of them.  Every interleaving is walked.
 *
 * A number of ours is wide (a byte here, 64 bits in truth), one of version 1
 * is a place on a circle of CIRCLE (2^16 in truth).  Router i is of version 1
 * if bit i of V1 is set: it compares as it always did, says nothing when it is
 * told what is old, and keeps its own of two values with one number.
 *
 * PUT is a bit for each number that may be put in, a value is 1 or 2; ours
 * begin BASE higher.  TOKENS: changes that a router passes on at once; each
 * one more waits until its bucket opens, which may be at any time, and at most
 * OPENS times in the network.  LAST: ours send what they hold when the session
 * has room, so that what is in between gets lost.  REFUSALS: words that are
 * refused whatever they say; when all is quiet then, any router says once
 * more what it holds.
 *
 * Mutants: SERIAL, ours compare as version 1 does; NO_VALUE, a value decides
 * nothing; LIFT_UP, a number of version 1 is lifted to above what is held;
 * NO_ANSWER, an old word is not answered; DROPS, a bucket drops what it should
 * hold back.
 */
#ifndef N
#define N	3
#endif
#ifndef V1
#define V1	0
#endif
#ifndef PUT
#define PUT	73		/* 0, 3, 6: each before the next, in a circle */
#endif
#ifndef BASE
#define BASE	0
#endif
#ifndef VALUES
#define VALUES	1
#endif
#ifndef REFUSALS
#define REFUSALS 0
#endif
#ifndef CHAIN
#define CHAIN	0		/* the session of the last and the first */
#endif

#define CIRCLE	8
#define ROOM	8		/* words under way on a session, each way */
#define NUM_MAX	250

byte num[N], val[N];		/* val 0: nothing is held */
bool told[N];			/* an answer, within the last second */
byte refusals;
bool again;			/* all was quiet once */
#ifdef LAST
bool pend[2 * N];
#endif
#ifdef TOKENS
byte tokens[N], from[N];
bool held[N];
byte opens;
#endif
#ifdef WORDS
byte words;			/* since a bucket opened last */
#endif

/* From router i to the next, and to the one before. */
chan wire[2 * N] = [ROOM] of { byte, byte };

#define NEXT(i)		(((i) + 1) % N)
#define PREV(i)		(((i) + N - 1) % N)
#define UP(i)		(2 * (i))
#define DOWN(i)		(2 * (i) + 1)
#define HAS_NEXT(i)	(!CHAIN || (i) != N - 1)
#define HAS_PREV(i)	(!CHAIN || (i) != 0)
#define IS_V1(i)	((V1 >> (i)) & 1)
#define NEAR_V1(i)	(IS_V1(NEXT(i)) || IS_V1(PREV(i)))
#define LOW(n)		((n) % CIRCLE)
#define AHEAD(a, b)	(((a) + (NUM_MAX / CIRCLE + 1) * CIRCLE - (b)) % CIRCLE)

/* Serial arithmetic; at half the circle the greater number. */
#define SERIALLY(a, b)	(AHEAD(a, b) != 0 && (AHEAD(a, b) < CIRCLE / 2 || \
	(AHEAD(a, b) == CIRCLE / 2 && LOW(a) > LOW(b))))
#ifdef SERIAL
#define AFTER(a, b)	SERIALLY(a, b)
#else
#define AFTER(a, b)	((a) > (b))
#endif

#ifdef WORDS
#define COUNT		words++; assert(words <= WORDS)
#else
#define COUNT		skip
#endif
#define PUT_ON(w, i, j)							\
	assert(nfull(wire[w]));						\
	if								\
	:: IS_V1(i) || IS_V1(j) -> wire[w]!LOW(num[i]), val[i]		\
	:: else -> wire[w]!num[i], val[i]				\
	fi; COUNT

/* Router i sends what it holds to one neighbour. */
#ifdef LAST
#define TELL(w, i, j)							\
	if								\
	:: IS_V1(i) -> PUT_ON(w, i, j)					\
	:: else -> pend[w] = true					\
	fi
#else
#define TELL(w, i, j)	PUT_ON(w, i, j)
#endif

/* To all but one (N: to all). */
inline flood(i, f)
{
	if
	:: HAS_NEXT(i) && f != NEXT(i) -> TELL(UP(i), i, NEXT(i))
	:: else
	fi;
	if
	:: HAS_PREV(i) && f != PREV(i) -> TELL(DOWN(i), i, PREV(i))
	:: else
	fi
}

inline put(i, s, v, f)
{
	num[i] = s; val[i] = v;
	assert(num[i] < NUM_MAX);
#ifdef TOKENS
	if
	:: IS_V1(i) -> flood(i, f)
	:: !IS_V1(i) && tokens[i] > 0 -> tokens[i]--; flood(i, f)
	:: else ->
#ifndef DROPS
		held[i] = true; from[i] = f
#else
		skip
#endif
	fi
#else
	flood(i, f)
#endif
}

/* The number nearest to the one held: n is it, or r is false: below zero. */
inline lift(i, s)
{
	r = true;
	if
	:: val[i] == 0 -> n = s
	:: val[i] != 0 && AHEAD(s, num[i]) == 0 -> n = num[i]
#ifdef LIFT_UP
	:: else -> n = num[i] + AHEAD(s, num[i])
#else
	:: val[i] != 0 && AHEAD(s, num[i]) != 0 && SERIALLY(s, num[i]) ->
		n = num[i] + AHEAD(s, num[i])
	:: else ->
		if
		:: num[i] >= AHEAD(num[i], s) -> n = num[i] - AHEAD(num[i], s)
		:: else -> r = false
		fi
#endif
	fi
}

/* Router i hears a word of router f; w leads back to it. */
inline hear_v1(i, f, s, v)
{
	if
	:: val[i] == 0 || SERIALLY(s, num[i]) -> put(i, s, v, f)
	:: else
	fi
}

inline hear(i, f, w, s, v)
{
	if
	:: IS_V1(f) -> lift(i, s)
	:: else -> n = s; r = true
	fi;
	if
	:: r && (val[i] == 0 || AFTER(n, num[i])) -> put(i, n, v, f)
#ifndef NO_VALUE
	:: r && val[i] != 0 && n == num[i] && v != val[i] ->
		/* A conflict: version 1 may have decided it otherwise. */
		if
		:: NEAR_V1(i) && v > val[i] -> put(i, n + 1, v, N)
		:: NEAR_V1(i) && v < val[i] -> put(i, n + 1, val[i], N)
		:: !NEAR_V1(i) && v > val[i] -> put(i, n, v, f)
		:: else -> answer(i, f, w)
		fi
#endif
	:: (r && val[i] != 0 && n == num[i] && v == val[i]) -> skip
	:: else -> answer(i, f, w)
	fi;
	r = false; n = 0
}

inline answer(i, f, w)
{
#ifdef NO_ANSWER
	skip
#else
	if
	:: !told[i] -> told[i] = true; TELL(w, i, f)
	:: else
	fi
#endif
}

#define REFUSE								\
	:: refusals < REFUSALS -> refusals++

/* What comes on one session one way: w, from i to j; b leads back. */
#define SESSION(i, j, w, b)						\
	:: atomic { len(wire[w]) > 0 -> wire[w]?s0, v0;			\
		if							\
		:: IS_V1(j) -> hear_v1(j, i, s0, v0)			\
		:: !IS_V1(j) -> hear(j, i, b, s0, v0)			\
		REFUSE							\
		fi; s0 = 0; v0 = 0 }
#ifdef LAST
#define SENDS(i, j, w)							\
	:: atomic { pend[w] && len(wire[w]) == 0 -> pend[w] = false;	\
		PUT_ON(w, i, j) }
#else
#define SENDS(i, j, w)
#endif
#ifdef TOKENS
#define BUCKET(i)							\
	:: atomic { held[i] && opens < OPENS -> opens++; held[i] = false; \
		CLEAR_WORDS; flood(i, from[i]); from[i] = 0 }
#define HELD(i)		held[i]
#else
#define BUCKET(i)
#define HELD(i)		false
#endif
#ifdef WORDS
#define CLEAR_WORDS	words = 0
#else
#define CLEAR_WORDS	skip
#endif

#define ROUTER(i)							\
	SESSION(i, NEXT(i), UP(i), DOWN(NEXT(i)))			\
	SESSION(i, PREV(i), DOWN(i), UP(PREV(i)))			\
	SENDS(i, NEXT(i), UP(i))					\
	SENDS(i, PREV(i), DOWN(i))					\
	BUCKET(i)							\
	:: told[i] -> told[i] = false	/* a second is over */

/* Three versions, the fourth router holds nothing. */
#define NUMBERS(i)							\
	if								\
	:: PUT & 1 -> n = 0						\
	:: PUT & 2 -> n = 1						\
	:: PUT & 4 -> n = 2						\
	:: PUT & 8 -> n = 3						\
	:: PUT & 16 -> n = 4						\
	:: PUT & 32 -> n = 5						\
	:: PUT & 64 -> n = 6						\
	:: PUT & 128 -> n = 7						\
	fi;								\
	if								\
	:: !IS_V1(i) -> n = n + BASE					\
	:: else								\
	fi;								\
	if								\
	:: v0 = 1							\
	:: VALUES > 1 -> v0 = 2						\
	fi;								\
	num[i] = n; val[i] = v0; flood(i, N)

/* Ours hold the same; version 1 the same number on its circle, and value. */
#define SAME(i, j)	(val[i] == val[j] && (num[i] == num[j] ||	\
	((V1) && LOW(num[i]) == LOW(num[j]) && !BOTH_OURS(i, j))))
#define BOTH_OURS(i, j)	(!IS_V1(i) && !IS_V1(j) && NEIGHBOURS(i, j))
#define NEIGHBOURS(i, j) (NEXT(i) == (j))

/* OURS: only neighbours that are both ours must hold the same. */
#ifdef OURS
#define AGREE(i, j)	(!BOTH_OURS(i, j) || SAME(i, j))
#else
#define AGREE(i, j)	SAME(i, j)
#endif
#if N == 4
#define ALL_AGREE	(AGREE(0, 1) && AGREE(1, 2) && AGREE(2, 3) &&	\
	(CHAIN || AGREE(3, 0)))
#define ANY_HELD	(HELD(0) || HELD(1) || HELD(2) || HELD(3))
#else
#define ALL_AGREE	(AGREE(0, 1) && AGREE(1, 2) && (CHAIN || AGREE(2, 0)))
#define ANY_HELD	(HELD(0) || HELD(1) || HELD(2))
#endif

/* Of two that differ one extends what it holds. */
#define SAY(i)								\
	:: (HAS_NEXT(i) && !AGREE(i, NEXT(i))) ||			\
	   (HAS_PREV(i) && !AGREE(PREV(i), i)) -> flood(i, N)

active proctype network()
{
	byte n, s0, v0;
	bool r;

	atomic {
#ifdef TOKENS
		tokens[0] = TOKENS; tokens[1] = TOKENS; tokens[2] = TOKENS;
#if N == 4
		tokens[3] = TOKENS;
#endif
#endif
		NUMBERS(0);
		NUMBERS(1);
		NUMBERS(2);
		n = 0; v0 = 0
	};
	do
	ROUTER(0)
	ROUTER(1)
	ROUTER(2)
#if N == 4
	ROUTER(3)
#endif
	:: atomic { timeout && !ALL_AGREE && REFUSALS && !again ->
		again = true; refusals = REFUSALS;
		if
		SAY(0)
		SAY(1)
		SAY(2)
#if N == 4
		SAY(3)
#endif
		fi }
	:: atomic { timeout && (ALL_AGREE || !REFUSALS || again) ->
		/* What a bucket still holds back is no end. */
		assert(ANY_HELD || ALL_AGREE);
		break }
	od
}
