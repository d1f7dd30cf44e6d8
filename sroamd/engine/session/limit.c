/* SPDX-License-Identifier: ISC */
/* Limits for routers that connect to us: sessions, log lines, work. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "engine/session/local.h"

#define BURST_S		2		/* a full table is no offence */

RB_GENERATE(source_tree, source, entry, source_cmp)

int
source_cmp(const struct source *a, const struct source *b)
{
	return addr_cmp(&a->addr, &b->addr);
}

struct source *
source_find(struct sessions *all, const struct addr *addr)
{
	struct source	 key;

	key.addr = *addr;
	return RB_FIND(source_tree, &all->sources, &key);
}

/* The parent has refused the connection. */
void
limit_refused(struct sessions *all, const struct ipc_peer *peer)
{
	all->refused += 1 + (uint64_t)peer->more;
	all->failed += peer->more;
	all->unlogged += peer->more;
	limit_failed(all, &peer->addr, peer->error == EUSERS ?
	    "too many connections" : "may not connect from this address");
}

int
limit_begin(struct session *s)
{
	struct sessions	*all = s->all;
	struct source	*source;

	s->tokens = (int64_t)all->max_rate * BURST_S;
	if (s->target != NULL)
		return 0;
	if ((source = source_find(all, &s->addr)) == NULL) {
		if ((source = calloc(1, sizeof(*source))) == NULL)
			return -1;
		source->addr = s->addr;
		RB_INSERT(source_tree, &all->sources, source);
	}
	source->count++;
	s->source = source;
	if (s->known)
		return 0;
	s->is_greeting = true;
	TAILQ_INSERT_TAIL(&all->greeting, s, greeting);
	all->ngreeting++;
	return 0;
}

void
limit_up(struct session *s)
{
	if (!s->is_greeting)
		return;
	s->is_greeting = false;
	TAILQ_REMOVE(&s->all->greeting, s, greeting);
	s->all->ngreeting--;
}

void
limit_end(struct session *s)
{
	if (s->source == NULL)
		return;
	limit_up(s);
	if (--s->source->count == 0) {
		RB_REMOVE(source_tree, &s->all->sources, s->source);
		free(s->source);
	}
	s->source = NULL;
}

/* One line per cause and minute, and a limited number of causes. */
void
limit_failed(struct sessions *all, const struct addr *addr, const char *why)
{
	char	cause[RATELIMIT_CAUSE];

	all->failed++;
	if (why == NULL)
		return;
	snprintf(cause, sizeof(cause), "%s: %s", addr_text(addr), why);
	if (!ratelimits_pass(&all->no_session, cause, RATELIMIT_LOG,
	    clock_monotime())) {
		all->unlogged++;
		log_debug("peer %s: again no session: %s", addr_text(addr),
		    why);
		return;
	}
	log_info("peer %s: no session: %s", addr_text(addr), why);
	if (all->unlogged > 0)
		log_info("%u more connections failed", all->unlogged);
	all->unlogged = 0;
}

bool
limit_take(struct session *s)
{
	if (--s->tokens > 0)
		return true;
	if (s->limits++ == 0)
		log_info("peer %s port %u: sends more than %u updates a "
		    "second, read more slowly", addr_text(&s->addr), s->port,
		    s->all->max_rate);
	s->limited = true;
	return false;
}
