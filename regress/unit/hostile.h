/* SPDX-License-Identifier: ISC */
/*
 * What a hostile child is to do, and what it has seen: between hostile.c, which
 * is run in place of a child, and test_hostile_parent.c.
 */
#ifndef REGRESS_HOSTILE_H
#define REGRESS_HOSTILE_H

#include <stdint.h>

#define HOSTILE_ENV	"SROAMD_HOSTILE"	/* path of an order */

#define HOSTILE_DATA	65536

enum hostile_when {
	HOSTILE_FRESH,			/* at once */
	HOSTILE_RUNNING			/* the daemon has started */
};

enum hostile_how {
	HOSTILE_MESSAGES,		/* as the order says */
	HOSTILE_OCTETS,			/* data, without a header of ours */
	HOSTILE_TWO_FDS,		/* with one message */
	HOSTILE_UNMARKED_FD		/* that no header speaks of */
};

struct hostile_order {
	uint32_t	when, how;
	uint32_t	type, len, count;
	uint32_t	id;
	uint32_t	fd;		/* one with each */
	uint32_t	deaf;		/* it reads nothing meanwhile */
	uint32_t	variants;	/* of len octets each, sent in turn */
	uint8_t		data[HOSTILE_DATA];
};

/* Of the parent, before and after. */
struct hostile_report {
	uint64_t	sent;
	int64_t		rss[2];		/* KB */
	int64_t		fds[2];
	uint32_t	served;		/* it answered us afterwards */
	uint32_t	done;		/* this report is complete */
};
#endif
