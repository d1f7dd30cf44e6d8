/* SPDX-License-Identifier: ISC */
/* A session's stages, from when both sides know each other to the end. */
#include <stdio.h>
#include <stdlib.h>

#include <event2/bufferevent.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/session/local.h"

/* why: of its end. */
static void
tell(const struct session *s, enum ctl_event_type type, const char *why)
{
	struct ctl_event	e = { .type = (uint8_t)type,
				    .about = CTL_ABOUT_PEER };

	e.router = s->router;
	core_name_router(s->all->core, &s->router, e.router_name,
	    sizeof(e.router_name));
	snprintf(e.text, sizeof(e.text), "%s port %u%s%s",
	    addr_text(&s->addr), s->port, why[0] != '\0' ? ": " : "", why);
	s->all->ops.changed(s->all->ops.arg, &e);
}

/* Both know each other: 0, or -1: no memory. */
int
session_begin(struct session *s)
{
	limit_up(s);
	s->stage = STAGE_UP;
	s->since = clock_monotime();
	if (s->target != NULL)
		s->target->error[0] = '\0';
	else
		target_met(s);
	log_info("peer %s port %u: session is up%s%s%s", addr_text(&s->addr),
	    s->port, s->extended ? "" : ", version 1",
	    s->secured ? ", tls " : "", s->tls.identity);
	tell(s, CTL_EVENT_PEER_UP, "");
	return core_peer_up(s->all->core, s->id, session_flags(s), s->since);
}

bool
session_up(struct session *s)
{
	if (session_begin(s) == 0)
		return true;
	session_close(s, "no memory", false);
	return false;
}

/* A lost update comes again in the next session, which is soon. */
void
session_send(struct session *s, const void *data, size_t len)
{
	if (s->starved)
		return;
	if (bufferevent_write(s->bev, data, len) == -1) {
		nomem("an update to a peer");
		s->starved = true;
		return;
	}
	s->given += len;
	s->said = clock_monotime();
}

/* It is no session any more, but is not closed yet. */
void
session_down(struct session *s, const char *why)
{
	struct sessions	*all = s->all;
	bool		 was_up = s->stage == STAGE_UP;

	s->stage = STAGE_REFUSED;
	s->since = clock_monotime();
	s->limited = false;
	if (bufferevent_enable(s->bev, EV_READ) == -1)
		nomem("what a peer has said");
	if (!was_up)
		return;
	log_info("peer %s port %u: session ended: %s", addr_text(&s->addr),
	    s->port, why);
	tell(s, CTL_EVENT_PEER_DOWN, why);
	s->said_why = true;
	if (s->is_woken)
		TAILQ_REMOVE(&all->woken, s, woken);
	s->is_woken = false;
	if (s->target != NULL)
		s->target->down = s->since;
	core_peer_down(all->core, s->id, s->since);
	all->ops.touched(all->ops.arg);
}

/* quiet: no log line, and no need to connect again soon. */
void
session_close(struct session *s, const char *why, bool quiet)
{
	struct sessions	*all = s->all;
	struct target	*t = s->target;
	bool		 was_up = s->stage == STAGE_UP;

	if (was_up && !quiet)
		log_info("peer %s port %u: session ended: %s",
		    addr_text(&s->addr), s->port, why);
	else if (!was_up && t == NULL && !quiet)
		limit_failed(all, &s->addr, s->said_why ? NULL : why);
	if (was_up)
		tell(s, CTL_EVENT_PEER_DOWN, why);
	if (s->is_woken)
		TAILQ_REMOVE(&all->woken, s, woken);
	RB_REMOVE(session_tree, &all->sessions, s);
	all->count--;
	limit_end(s);
	bufferevent_free(s->bev);
	if (t != NULL)
		target_lost(t, s, why, quiet);
	if (was_up) {
		core_peer_down(all->core, s->id, clock_monotime());
		all->ops.touched(all->ops.arg);
	}
	free(s);
}
