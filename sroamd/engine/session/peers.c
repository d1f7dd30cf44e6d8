/* SPDX-License-Identifier: ISC */
/*
 * Peers that we connect to come, by configuration and discovery, and go with
 * their sessions.
 */
#include <stdlib.h>

#include <event2/event.h>

#include "common/clock.h"
#include "engine/session/local.h"

static struct target	*target_same(struct sessions *,
			    const struct conf_peer *);

static struct target *
target_same(struct sessions *all, const struct conf_peer *conf)
{
	struct target	key;

	key.conf = *conf;
	return RB_FIND(target_tree, &all->targets, &key);
}

/* NULL: no memory, and none was prepared. */
struct target *
target_add(struct sessions *all, const struct conf_peer *conf,
    uint32_t number)
{
	struct target	*t = target_same(all, conf);

	/*
	 * A session without TLS does not stay if TLS is configured, and vice
	 * versa.
	 */
	if (t != NULL && (t->conf.notls != conf->notls ||
	    addr_cmp(&t->conf.from, &conf->from) != 0)) {
		target_free(t);
		t = NULL;
	}
	if (t != NULL) {
		t->number = number;
		t->keep = 1;
		/* The reason of failures may be gone: try soon again. */
		t->backoff = RETRY_MIN_MS;
		if (t->session == NULL && t->state == CTL_PEER_IDLE)
			target_wait(t, 0);
		return t;
	}
	if ((t = LIST_FIRST(&all->spare_targets)) != NULL)
		LIST_REMOVE(t, spare);
	else if ((t = target_new(all)) == NULL)
		return NULL;
	t->conf = *conf;
	t->number = number;
	t->keep = 1;
	t->backoff = RETRY_MIN_MS;
	t->since = t->down = clock_monotime();
	RB_INSERT(target_tree, &all->targets, t);
	target_wait(t, 0);
	return t;
}

void
target_found(struct sessions *all, const struct conf_peer *conf,
    uint32_t number, uint32_t ifindex, const struct router_id *id)
{
	struct target	*t = target_same(all, conf);

	if (t != NULL && t->ifindex != ifindex && t->session == NULL)
		target_free(t);
	else if (t != NULL)
		return;
	if ((t = target_add(all, conf, number)) == NULL)
		return;			/* its next hello comes soon */
	t->ifindex = ifindex;
	t->router = *id;
}

void
target_free(struct target *t)
{
	struct session	*s = t->session;

	event_free(t->retry);
	RB_REMOVE(target_tree, &t->all->targets, t);
	if (s != NULL) {
		s->target = NULL;
		session_close(s, "no longer configured", false);
	}
	free(t);
}
