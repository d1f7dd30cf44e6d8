/* SPDX-License-Identifier: ISC */
/* Another configuration: which peers and sessions stay. */
#include <string.h>

#include "common/log.h"
#include "engine/session/local.h"

#define RETRY_SOON_MS	100		/* reachable, with a new key */

static bool		 target_keep(struct target *, const struct conf *);
static const char	*not_permitted(const struct session *,
			    const struct conf *);
static void		 close_unwanted(struct sessions *, const struct conf *);

/* As many targets as there may be new ones. */
int
sessions_prepare(struct sessions *all, const struct conf *conf, char *why,
    size_t len)
{
	struct target	*t;
	size_t		 i;

	sessions_abort(all);
	if (tls_prepare(all->tls, conf, why, len) == -1)
		return -1;
	for (i = 0; i < conf->npeers; i++) {
		if (conf->peers[i].automatic)
			continue;
		if ((t = target_new(all)) == NULL)
			break;
		LIST_INSERT_HEAD(&all->spare_targets, t, spare);
	}
	if (i == conf->npeers && auto_prepare(all, conf) == 0 &&
	    admission_prepare(all, conf) == 0) {
		all->prepared = true;
		return 0;
	}
	sessions_abort(all);
	return -1;
}

void
sessions_abort(struct sessions *all)
{
	all->prepared = false;
	tls_abort(all->tls);
	targets_trim(all);
	auto_trim(all);
	admission_abort(all);
}

void
sessions_conf(struct sessions *all, const struct conf *conf)
{
	struct target	*t, *next;
	char		 why[128] = "out of memory";
	size_t		 i;

	/* At the start sessions_prepare was not called. */
	if (!all->prepared &&
	    sessions_prepare(all, conf, why, sizeof(why)) == -1)
		fatalx("sessions: %s", why);
	all->max = conf->global.max_peers;
	all->max_source = conf->global.max_source;
	all->nconf_peers = (uint32_t)conf->npeers;
	all->max_greeting = conf->global.max_handshakes;
	all->max_rate = conf->global.max_updates;
	tls_commit(all->tls);
	admission_commit(all);
	RB_FOREACH(t, target_tree, &all->targets)
		t->keep = 0;
	for (i = 0; i < conf->npeers; i++)
		if (!conf->peers[i].automatic)
			(void)target_add(all, &conf->peers[i],
			    (uint32_t)i + 1);
	RB_FOREACH_SAFE(t, target_tree, &all->targets, next)
		if (!t->keep && !target_keep(t, conf))
			target_free(t);
	auto_conf(all, conf);
	close_unwanted(all, conf);
	sessions_abort(all);		/* frees unused ones */
}

/* A neighbour that discovery would find again. */
static bool
target_keep(struct target *t, const struct conf *conf)
{
	size_t	i;

	for (i = 0; i < conf->npeers; i++) {
		if (!t->conf.automatic || !conf->peers[i].automatic ||
		    conf->peers[i].notls != t->conf.notls ||
		    strcmp(conf->peers[i].host, t->conf.host) != 0)
			continue;
		t->number = (uint32_t)i + 1;
		return true;
	}
	return false;
}

/* Whether an inbound session would not be permitted any more: NULL, or why. */
static const char *
not_permitted(const struct session *s, const struct conf *conf)
{
	bool	any = false;
	size_t	i;

	for (i = 0; i < conf->nlistens; i++) {
		if (conf->listens[i].notls != s->notls)
			continue;
		if (conf_permits(&conf->listens[i], &s->addr))
			return NULL;
		any = true;
	}
	if (any)
		return "may not connect from this address any more";
	return s->notls ? "no tls is not configured any more" : NULL;
}

/* Sessions that the new configuration does not permit. */
static void
close_unwanted(struct sessions *all, const struct conf *conf)
{
	struct session	*s, after;
	const char	*why;
	uint8_t		 code;

	after.id = 0;
	while ((s = RB_NFIND(session_tree, &all->sessions, &after)) != NULL) {
		after.id = s->id + 1;
		if (s->target == NULL &&
		    (why = not_permitted(s, conf)) != NULL)
			session_close(s, why, false);
		else if (s->stage == STAGE_UP && !s->extended &&
		    !admission_of_v1(all))
			session_close(s, WHY_V1, false);
		else if (s->stage == STAGE_UP && s->extended &&
		    (code = admission_refusal(all, &s->router)) != 0)
			session_refuse(s, code);
		else if (s->secured && !tls_accepts(all->tls, &s->tls)) {
			if (s->target != NULL)
				s->target->backoff = RETRY_SOON_MS;
			session_close(s, "its key is not accepted any more",
			    false);
		}
	}
}
