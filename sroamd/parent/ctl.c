/* SPDX-License-Identifier: ISC */
/* Requests of sroamctl to the parent. */
#include <event2/event.h>
#include <stdbool.h>
#include <string.h>

#include "common/bucket.h"
#include "common/clock.h"
#include "common/nomem.h"
#include "parent/local.h"
#include "proc/memory.h"

/* Of those that cost more than an answer. */
#define PRICE_S		1		/* one a second */
#define AT_ONCE		10
#define TOO_MANY	"too many at once: try again in a second"

static bool	may_ask(struct parent *);
static void	reload(struct parent *, uint32_t);
static void	on_due(evutil_socket_t, short, void *);
static int	next_route(void *, struct ctl_cursor *, void *);
static void	show_status(struct parent *, struct pipe *, uint32_t);
static void	show_memory(struct parent *, struct pipe *, uint32_t);

static const struct listing_kind routes = {
	CTL_ROUTE, sizeof(struct ctl_route), next_route, NULL
};

void
parent_ctl(struct parent *p, uint32_t client, const struct ipc_ctl *ctl)
{
	struct pipe *frontend = parent_child(p, PROC_FRONTEND)->pipe;

	switch (ctl->type) {
	case CTL_SHOW_STATUS:
		show_status(p, frontend, client);
		break;
	case CTL_SHOW_ROUTES:
		listings_start(p->listings, frontend, client, &routes,
		    &ctl->request);
		break;
	case CTL_SHOW_MEMORY:
		show_memory(p, frontend, client);
		break;
	case CTL_RELOAD:
		reload(p, client);
		break;
	case CTL_LOG:
		if (may_ask(p)) {
			parent_verbose(p, ctl->request.number != 0);
			parent_ctl_end(p, client, NULL);
		} else
			parent_ctl_end(p, client, TOO_MANY);
		break;
	default:
		parent_ctl_end(p, client, "not a request for the parent");
		break;
	}
}

/*
 * A reload reads files and is logged, and all processes hear of it and of a
 * level of the log: a frontend that was taken over may not make us do nothing
 * else.
 */
static bool
may_ask(struct parent *p)
{
	const int64_t price = PRICE_S * 1000000LL;

	return bucket_take(&p->requests, price, AT_ONCE * price,
	    clock_monotime());
}

/* One waits for its turn; more are refused. */
static void
reload(struct parent *p, uint32_t client)
{
	struct timeval tv = { PRICE_S, 0 };

	if (evtimer_pending(p->due, NULL)) {
		parent_ctl_end(p, client, TOO_MANY);
		return;
	}
	if (may_ask(p)) {
		parent_conf_reload(p, &client);
		return;
	}
	p->waits = client;
	if (evtimer_add(p->due, &tv) == -1)
		parent_ctl_end(p, client, "out of memory");
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	struct parent *p = arg;

	(void)fd;
	(void)what;
	(void)may_ask(p);
	parent_conf_reload(p, &p->waits);
}

int
parent_ctl_init(struct parent *p)
{
	p->due = evtimer_new(p->base, on_due, p);
	return p->due != NULL ? 0 : -1;
}

void
parent_ctl_free(struct parent *p)
{
	event_free(p->due);
}

void
parent_ctl_more(struct parent *p)
{
	listings_resume(p->listings, parent_child(p, PROC_FRONTEND)->pipe);
}

void
parent_ctl_window(struct parent *p, uint32_t client, uint32_t records)
{
	listings_more(p->listings, parent_child(p, PROC_FRONTEND)->pipe,
	    client, records);
}

static int
next_route(void *arg, struct ctl_cursor *cursor, void *record)
{
	struct parent *p = arg;

	return kernel_show_route(p->kernel, cursor, record);
}

/* The engine adds the rest of the status. */
static void
show_status(struct parent *p, struct pipe *frontend, uint32_t client)
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
	counts.kernel_unseen = stats.unseen;
	counts.memory_refused = nomem_count();
	listing_one(frontend, client, IPC_PARENT_STATUS, &counts,
	    sizeof(counts));
}

static void
show_memory(struct parent *p, struct pipe *frontend, uint32_t client)
{
	struct kernel_stats stats;
	struct ctl_memory memory;

	kernel_stats(p->kernel, &stats);
	memory_fill(&memory, CTL_PARENT);
	memory.objects = stats.routes;
	memory.object_bytes = stats.bytes;
	listing_one(frontend, client, CTL_MEMORY, &memory, sizeof(memory));
}
