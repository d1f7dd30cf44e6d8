/* SPDX-License-Identifier: ISC */
/* What is shown of sessions. */
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "common/clock.h"
#include "common/cursor.h"
#include "engine/session/local.h"

static void	show_session(const struct session *, struct ctl_peer *);
static void	show_target(struct target *, struct ctl_peer *);
static void	cursor_put(struct ctl_cursor *, const struct target *);
static void	cursor_get(const struct ctl_cursor *, struct target *);

void
sessions_show_status(const struct sessions *all, struct ctl_status *status)
{
	status->sessions_refused = all->refused;
	status->sessions_failed = all->failed;
}

/* Listing: configured peers first, then those that connected to us. */

static void
show_session(const struct session *s, struct ctl_peer *c)
{
	c->addr = s->addr;
	c->ifindex = s->ifindex;
	c->port = s->port;
	c->state = s->stage == STAGE_UP ? CTL_PEER_UP : CTL_PEER_HANDSHAKE;
	c->inbound = s->target == NULL;
	c->extended = s->extended;
	c->notls = s->notls;
	c->heartbeat = s->stage == STAGE_UP && s->extended;
	c->proven = s->stage == STAGE_UP && s->proven;
	c->limits = s->limits;
	strlcpy(c->tls_version, s->tls.version, sizeof(c->tls_version));
	strlcpy(c->tls_cipher, s->tls.cipher, sizeof(c->tls_cipher));
	strlcpy(c->tls_identity, s->tls.identity, sizeof(c->tls_identity));
	c->router = s->router;
	c->since = (uint64_t)monotime_ms(s->since, clock_monotime()) / 1000;
	c->updates_in = s->in;
	c->updates_out = s->out;
	c->dropped = s->dropped;
	c->queued = (uint32_t)evbuffer_get_length(
	    bufferevent_get_output(s->bev));
}

static void
show_target(struct target *t, struct ctl_peer *c)
{
	monotime_t	now = clock_monotime();

	if (t->session != NULL)
		show_session(t->session, c);
	else {
		c->addr = t->conf.addr;
		c->ifindex = t->ifindex;
		c->port = t->conf.port;
		c->notls = t->conf.notls;
		c->state = t->state;
		c->router = t->router;
		target_learn_name(t);
		strlcpy(c->router_name, t->name, sizeof(c->router_name));
		c->since = (uint64_t)monotime_ms(t->since, now) / 1000;
		if (t->state == CTL_PEER_IDLE &&
		    monotime_before(now, t->retry_at))
			c->retry = (uint32_t)
			    ((monotime_ms(now, t->retry_at) + 999) / 1000);
		if (t->state == CTL_PEER_IDLE && target_is_met(t)) {
			c->state = CTL_PEER_OTHER_WAY;
			c->retry = 0;
		}
	}
	c->configured = !t->conf.automatic;
	c->automatic = t->conf.automatic;
	strlcpy(c->host, t->conf.host, sizeof(c->host));
	c->connects = t->connects;
	c->failures = t->failures;
	c->cuts = t->cuts;
	if (c->state != CTL_PEER_OTHER_WAY)	/* else it is of no account */
		strlcpy(c->error, t->error, sizeof(c->error));
}

/* key[0]: 0, or 1 and a session's id. */
static void
cursor_put(struct ctl_cursor *cur, const struct target *t)
{
	cur->started = 1;
	cur->key[0] = 0;
	cur->key[1] = t->conf.automatic;
	memcpy(cur->key + 2, &t->conf.port, 2);
	memcpy(cur->key + 4, &t->conf.addr, sizeof(t->conf.addr));
	memcpy(cur->key + 20, t->conf.host, sizeof(t->conf.host));
}

static void
cursor_get(const struct ctl_cursor *cur, struct target *t)
{
	t->conf.automatic = cur->key[1];
	memcpy(&t->conf.port, cur->key + 2, 2);
	memcpy(&t->conf.addr, cur->key + 4, sizeof(t->conf.addr));
	memcpy(t->conf.host, cur->key + 20, sizeof(t->conf.host));
}

int
sessions_show(struct sessions *all, struct ctl_cursor *cur,
    struct ctl_peer *c)
{
	struct target	*t, tkey;
	struct session	*s, skey;

	memset(c, 0, sizeof(*c));
	cursor_get(cur, &tkey);
	t = cur->key[0] != 0 ? NULL :
	    CURSOR_NEXT(target_tree, &all->targets, cur, &tkey);
	if (t != NULL) {
		cursor_put(cur, t);
		show_target(t, c);
		return 1;
	}
	skey.id = 0;
	if (cur->started && cur->key[0] == 1)
		memcpy(&skey.id, cur->key + 1, sizeof(skey.id));
	skey.id++;
	for (s = RB_NFIND(session_tree, &all->sessions, &skey); s != NULL;
	    s = RB_NEXT(session_tree, &all->sessions, s))
		if (s->target == NULL)
			break;
	if (s == NULL)
		return 0;
	cur->started = 1;
	cur->key[0] = 1;
	memcpy(cur->key + 1, &s->id, sizeof(s->id));
	show_session(s, c);
	return 1;
}
