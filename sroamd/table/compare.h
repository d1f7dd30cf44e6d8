/* SPDX-License-Identifier: ISC */
/* Peers whose sums differ from ours: what to ask for and what to send. */
#ifndef SROAMD_TABLE_COMPARE_H
#define SROAMD_TABLE_COMPARE_H

#include <stdbool.h>

#include "common/monotime.h"

struct core;
struct datum;
struct peer;
struct reader;
struct timer;

void		 peer_deepened(struct core *, struct reader *,
		    unsigned int depth);
int		 digest_peer_up(struct core *, struct peer *, bool opener,
		    monotime_t now);
void		 digest_peer_down(struct core *, struct peer *);
/* Compare tables now: our summary is sent at once. */
void		 digest_ask(struct core *, struct peer *);
void		 digest_timer(struct core *, struct timer *, monotime_t now);
struct datum	*digest_next_datum(struct core *, struct peer *);
#endif
