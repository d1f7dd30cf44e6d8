/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/nomem.h"
#include "parent/local.h"
#include "proc/memory.h"

#define LISTINGS_MAX	64	/* more than the frontend has clients */

static void	show_status(struct parent *, uint32_t);
static void	show_routes(struct parent *, uint32_t);
static bool	listing_run(struct parent *, struct listing *);
static void	show_memory(struct parent *, uint32_t);
static void	answer(struct parent *, uint32_t, uint32_t, const void *,
		    size_t);

void
parent_ctl(struct parent *p, uint32_t client, const struct ipc_ctl *ctl)
{
	switch (ctl->type) {
	case CTL_SHOW_STATUS:
		show_status(p, client);
		break;
	case CTL_SHOW_ROUTES:
		show_routes(p, client);
		break;
	case CTL_SHOW_MEMORY:
		show_memory(p, client);
		break;
	case CTL_RELOAD:
		parent_conf_reload(p, &client);
		break;
	case CTL_LOG:
		parent_verbose(p, ctl->request.number != 0);
		parent_ctl_end(p, client, NULL);
		break;
	default:
		parent_ctl_end(p, client, "not a request for the parent");
		break;
	}
}

void
parent_ctl_end(struct parent *p, uint32_t client, const char *error)
{
	struct ctl_end end = { .error = error != NULL };

	if (error != NULL)
		strlcpy(end.text, error, sizeof(end.text));
	answer(p, client, CTL_END, &end, sizeof(end));
}

static void
answer(struct parent *p, uint32_t client, uint32_t type, const void *data,
    size_t len)
{
	struct child *frontend = parent_child(p, PROC_FRONTEND);

	if (frontend->pipe != NULL)
		pipe_send(frontend->pipe, type, client, -1, data, len);
}

/* The engine has all else of the status. */
static void
show_status(struct parent *p, uint32_t client)
{
	struct kernel_stats stats;
	struct ctl_parent counts;
	struct ipc_lost lost;

	memset(&counts, 0, sizeof(counts));
	logsink_total(p->log, &lost);
	memcpy(counts.log_lost, lost.count, sizeof(counts.log_lost));
	kernel_stats(p->kernel, &stats);
	counts.kernel_refused = stats.refused;
	counts.kernel_failed = stats.failed;
	counts.kernel_repaired = stats.repaired;
	counts.kernel_overflows = stats.overflows;
	counts.memory_refused = nomem_count();
	answer(p, client, IPC_PARENT_STATUS, &counts, sizeof(counts));
	parent_ctl_end(p, client, NULL);
}

/* Long listings go as the frontend takes them. */
static void
show_routes(struct parent *p, uint32_t client)
{
	struct listing *listing;

	if (p->nlistings == LISTINGS_MAX) {
		parent_ctl_end(p, client, "too many listings at once");
		return;
	}
	if ((listing = calloc(1, sizeof(*listing))) == NULL) {
		nomem("a listing");
		parent_ctl_end(p, client, "out of memory");
		return;
	}
	listing->client = client;
	TAILQ_INSERT_TAIL(&p->listings, listing, entry);
	p->nlistings++;
	parent_ctl_more(p);
}

void
parent_ctl_more(struct parent *p)
{
	struct listing *listing;

	while ((listing = TAILQ_FIRST(&p->listings)) != NULL) {
		if (!listing_run(p, listing))
			return;
		TAILQ_REMOVE(&p->listings, listing, entry);
		p->nlistings--;
		free(listing);
	}
}

/* Whether it is over. */
static bool
listing_run(struct parent *p, struct listing *listing)
{
	struct child *frontend = parent_child(p, PROC_FRONTEND);
	struct ctl_route route;

	if (frontend->pipe == NULL)
		return true;
	while (!pipe_full(frontend->pipe)) {
		if (kernel_show_route(p->kernel, &listing->cursor,
		    &route) == 0) {
			parent_ctl_end(p, listing->client, NULL);
			return true;
		}
		answer(p, listing->client, CTL_ROUTE, &route,
		    sizeof(route));
	}
	return false;
}

static void
show_memory(struct parent *p, uint32_t client)
{
	struct kernel_stats stats;
	struct ctl_memory memory;

	kernel_stats(p->kernel, &stats);
	memory_fill(&memory, CTL_PARENT);
	memory.objects = stats.routes;
	memory.object_bytes = stats.bytes;
	answer(p, client, CTL_MEMORY, &memory, sizeof(memory));
	parent_ctl_end(p, client, NULL);
}
