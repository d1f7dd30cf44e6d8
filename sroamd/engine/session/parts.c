/* SPDX-License-Identifier: ISC */
/*
 * Detects whether routers are cut off from each other, as far as is visible
 * here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/session/local.h"

#define WATCH_S		10
#define DOWN_MS		60000	/* a peer that should be reachable */
#define DETOUR_MS	150000	/* ms, to be heard by a detour */

static void	watch(evutil_socket_t, short, void *);
static void	find_cut_off(struct sessions *, char *, size_t);
static bool	is_cut_off(struct target *, monotime_t);
static void	add_name(char *, size_t, const char *intro, const char *name,
		    unsigned int *n);

int
parts_start(struct sessions *all)
{
	if ((all->parts = evtimer_new(all->base, watch, all)) == NULL)
		return -1;
	parts_go_on(all);
	return 0;
}

void
parts_go_on(struct sessions *all)
{
	struct timeval	tv = { WATCH_S, 0 };

	if (!evtimer_pending(all->parts, NULL) &&
	    evtimer_add(all->parts, &tv) == -1)
		nomem("a timer");
}

/* One line when something is cut off, and one when nothing is any more. */
static void
watch(evutil_socket_t fd, short what, void *arg)
{
	struct sessions	*all = arg;
	char		 text[CTL_WARNING];

	(void)fd;
	(void)what;
	parts_go_on(all);
	watch_go_on(all);
	targets_watch(all);
	auto_watch(all);
	find_cut_off(all, text, sizeof(text));
	if (strcmp(text, all->warning) == 0)
		return;
	if (text[0] != '\0')
		log_warnx("%s", text);
	else
		log_info("the network is one whole again");
	strlcpy(all->warning, text, sizeof(all->warning));
}

void
sessions_status(struct sessions *all, struct ctl_status *c)
{
	find_cut_off(all, c->warning, sizeof(c->warning));
	c->hellos_in = all->stats.hellos_in;
	c->hellos_bad = all->stats.hellos_bad;
	c->hellos_old = all->stats.hellos_old;
}

/* Without durations: it is compared with the last line. */
static void
find_cut_off(struct sessions *all, char *text, size_t size)
{
	monotime_t		 now = clock_monotime();
	struct ctl_cursor	 cursor;
	struct ctl_router	 r;
	struct target		*t;
	unsigned int		 n = 0;

	text[0] = '\0';
	RB_FOREACH(t, target_tree, &all->targets)
		if (is_cut_off(t, now))
			add_name(text, size, "no session with ",
			    target_text(t), &n);
	n = 0;
	memset(&cursor, 0, sizeof(cursor));
	while (core_show_router(all->core, &cursor, &r, now))
		if (r.silent)
			add_name(text, size, "nothing heard of ",
			    r.name[0] != '\0' ? r.name :
			    router_id_text(&r.id), &n);
}

/* The first three by name. */
static void
add_name(char *text, size_t size, const char *intro, const char *name,
    unsigned int *n)
{
	if (text[0] == '\0')
		strlcpy(text, "the network may be in parts: ", size);
	else if (*n == 0)
		strlcat(text, "; ", size);
	if (*n == 0)
		strlcat(text, intro, size);
	else if (*n < 3)
		strlcat(text, ", ", size);
	else if (*n == 3)
		strlcat(text, " and others", size);
	if (*n < 3)
		strlcat(text, name, size);
	(*n)++;
}

/*
 * A configured peer without session in either direction, whose router is not
 * heard of by any other session.
 */
static bool
is_cut_off(struct target *t, monotime_t now)
{
	struct sessions	*all = t->all;
	monotime_t	 heard;

	if (t->conf.automatic ||
	    (t->session != NULL && t->session->stage == STAGE_UP) ||
	    monotime_ms(t->down, now) < DOWN_MS)
		return false;
	if (router_id_is_none(&t->router))
		return true;
	if (router_id_cmp(&t->router, &all->self.id) == 0 ||
	    session_of_router(all, &t->router, NULL) != NULL)
		return false;
	if (!core_router_heard(all->core, &t->router, &heard))
		return true;
	return monotime_before(heard, t->down) &&
	    monotime_ms(t->down, now) >= DETOUR_MS;
}

/* The session by which a router is heard of, and whether the router has one. */
void
sessions_router(struct sessions *all, struct ctl_router *c)
{
	struct session	key = { .id = c->session }, *s;

	s = RB_FIND(session_tree, &all->sessions, &key);
	if (s != NULL && c->session != 0) {
		c->via = s->router;
		c->via_addr = s->addr;
	}
	c->peer = session_of_router(all, &c->id, NULL) != NULL;
}
