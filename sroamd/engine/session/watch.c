/* SPDX-License-Identifier: ISC */
/*
 * Timers of all sessions: heartbeats, and the end of sessions without hello,
 * silent ones, and those that read nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "common/clock.h"
#include "common/ibuf.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/session/local.h"
#include "wire/flood.h"

#define TICK_MS		500
#define GREETING_MS	10000		/* from the connection to up */
#define REFUSED_MS	1000		/* for the peer to read why */
#define HEARTBEAT_MS	3000		/* of silence: then it is closed */
#define SILENCE_MS	9500		/* 10 s, as ticks are that coarse */
#define STALL_MS	30000		/* with data to be sent */
#define SLEPT_MS	3000		/* since our side closed them */
#define BURST_S		2
#define BRIEF_MS	60000		/* a session that ended so soon */
#define BRIEF_TIMES	3		/* is no accident */

static void	tick(evutil_socket_t, short, void *);
static void	watch(struct session *, monotime_t, int64_t);
static void	cut(struct session *, const char *);
static void	send_heartbeat(struct session *);

int
watch_start(struct sessions *all)
{
	all->ticked = clock_monotime();
	if ((all->tick = evtimer_new(all->base, tick, all)) == NULL)
		return -1;
	watch_go_on(all);
	return 0;
}

/* Every event calls this: if the timer could not be set, it is set now. */
void
watch_go_on(struct sessions *all)
{
	struct timeval	 tv = { 0, TICK_MS * 1000 };

	if (!evtimer_pending(all->tick, NULL) &&
	    evtimer_add(all->tick, &tv) == -1)
		nomem("a timer");
}

void
watch_stop(struct sessions *all)
{
	if (all->tick != NULL)
		event_free(all->tick);
	all->tick = NULL;
}

static void
tick(evutil_socket_t fd, short what, void *arg)
{
	struct sessions	*all = arg;
	struct session	*s, after;
	monotime_t	 now = clock_monotime();
	int64_t		 past = monotime_ms(all->ticked, now);

	(void)fd;
	(void)what;
	watch_go_on(all);
	all->ticked = now;
	/* Closing one may close any other. */
	after.id = 0;
	while ((s = RB_NFIND(session_tree, &all->sessions, &after)) != NULL) {
		after.id = s->id + 1;
		/*
		 * If we were stopped or suspended ourselves, silence means
		 * nothing.
		 */
		if (past > SLEPT_MS)
			s->heard = s->moved = now;
		watch(s, now, past);
	}
	all->ops.touched(all->ops.arg);
}

static void
watch(struct session *s, monotime_t now, int64_t past)
{
	size_t		 left;
	int64_t		 burst = (int64_t)s->all->max_rate * BURST_S;

	left = evbuffer_get_length(bufferevent_get_output(s->bev));
	if (left == 0 || s->given - left != s->taken) {
		s->taken = s->given - left;
		s->moved = now;
	}
	s->tokens += past * s->all->max_rate / 1000;
	if (s->tokens > burst)
		s->tokens = burst;
	if (s->starved) {
		session_close(s, "no memory", false);
		return;
	}
	if (s->stage == STAGE_REFUSED) {
		if (monotime_ms(s->since, now) >= REFUSED_MS)
			session_close(s, refusal_why(s), false);
		return;
	}
	if (s->stage != STAGE_UP) {
		if (monotime_ms(s->since, now) >= GREETING_MS)
			session_close(s, "no handshake", false);
		else if (s->again)
			session_resume(s);
		return;
	}
	if (monotime_ms(s->moved, now) >= STALL_MS) {
		cut(s, "took nothing for 30 s");
		return;
	}
	/* Version 1 may be silent while nothing happens. */
	if (s->extended && !s->limited &&
	    monotime_ms(s->heard, now) >= SILENCE_MS) {
		cut(s, "not heard for 10 s");
		return;
	}
	if (s->extended && monotime_ms(s->said, now) >= HEARTBEAT_MS)
		send_heartbeat(s);
	if ((s->limited || s->again) && s->tokens > 0)
		session_resume(s);	/* may have closed it */
}

/* Soon after it was up, time after time: small packets pass, others do not. */
static void
cut(struct session *s, const char *why)
{
	struct target	*t = s->target;
	char		 text[64];

	if (t == NULL) {
		session_close(s, why, false);
		return;
	}
	t->cuts++;
	if (monotime_ms(s->since, clock_monotime()) >= BRIEF_MS)
		t->brief = 0;
	else if (t->brief < BRIEF_TIMES)
		t->brief++;
	snprintf(text, sizeof(text), "%s%s", why, t->brief < BRIEF_TIMES ? "" :
	    ", and again: do large packets pass?");
	session_close(s, text, false);
}

static void
send_heartbeat(struct session *s)
{
	struct ibuf	 buf;
	uint8_t		 room[2];

	ibuf_to(&buf, room, sizeof(room));
	wire_flood_add_heartbeat(&buf);
	session_send(s, room, ibuf_len(&buf));
}
