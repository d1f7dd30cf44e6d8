/* SPDX-License-Identifier: ISC */
/*
 * Whether the children's loops turn.  Each is asked every half second, and one
 * that does not answer ends the daemon, for the service manager to start it
 * again: a child that hangs is no better than one that has crashed.
 *
 * Patience is counted in our own turns, not in time: after a pause of all
 * processes, or of the machine, a child has as many again.
 */
#include <sys/socket.h>

#include <event2/event.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "parent/local.h"
#include "parent/notify.h"

#define PACE_MS		500	/* ms between two questions */
#define PATIENCE	5	/* s for an answer */
#define PATIENCE_START	120	/* s for the first: the table is loaded */
#define WORTH_SAYING	2	/* s: such an answer is late */

#define TURNS(s)	((s) * 1000 / PACE_MS)

static void	begin(struct process *);
static void	turn(evutil_socket_t, short, void *);
static void	ask(struct process *);
static void	answered(evutil_socket_t, short, void *);
static void	said_late(struct process *);
static bool	all(const struct parent *, bool (*)(const struct process *));
static bool	has_answered(const struct process *);
static bool	owes_nothing(const struct process *);

void
watchdog_start(struct parent *p, watchdog_fn *alive)
{
	const struct timeval pace = { 0, PACE_MS * 1000 };
	size_t i;

	p->alive = alive;
	p->watchdog = event_new(p->base, -1, EV_PERSIST, turn, p);
	if (p->watchdog == NULL || event_add(p->watchdog, &pace) == -1)
		fatalx("watchdog: out of memory");
	for (i = 0; i < CHILDREN; i++)
		if (p->children[i].pipe != NULL)
			begin(&p->children[i]);
}

/* Behind all that was sent before: the answer shows that this is done. */
static void
begin(struct process *child)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	    sv) == -1)
		fatal("watchdog: socketpair");
	child->alive_fd = sv[0];
	child->alive = event_new(child->parent->base, sv[0],
	    EV_READ | EV_PERSIST, answered, child);
	if (child->alive == NULL || event_add(child->alive, NULL) == -1)
		fatalx("watchdog: out of memory");
	pipe_send(child->pipe, IPC_ALIVE, 0, sv[1], NULL, 0);
	ask(child);
}

void
watchdog_stop(struct parent *p)
{
	struct process *child;

	if (p->watchdog == NULL)
		return;
	event_free(p->watchdog);
	p->watchdog = NULL;
	for (child = p->children; child < p->children + CHILDREN; child++) {
		if (child->alive == NULL)
			continue;
		event_free(child->alive);
		child->alive = NULL;
		close(child->alive_fd);
	}
}

static void
turn(evutil_socket_t fd, short what, void *arg)
{
	struct parent *p = arg;
	struct process *child;
	int patience;

	(void)fd;
	(void)what;
	if (p->phase == PHASE_STOPPING)
		return;
	if (all(p, owes_nothing))
		notify_alive();
	for (child = p->children; child < p->children + CHILDREN; child++) {
		if (child->alive == NULL || child->pipe == NULL)
			continue;
		if (child->silent == 0) {
			ask(child);
			continue;
		}
		patience = child->was_alive ? PATIENCE : PATIENCE_START;
		if (child->silent++ < TURNS(patience))
			continue;
		log_warnx("%s: hangs: no answer for %d s",
		    proc_name(child->id), patience);
		parent_stop(p, true);
		killswitch_pull(&child->killswitch);
		return;
	}
}

/* Its socket is empty: it has room for an octet, or the child is gone. */
static void
ask(struct process *child)
{
	child->silent = 1;
	(void)send(child->alive_fd, "", 1, MSG_NOSIGNAL);
}

static void
answered(evutil_socket_t fd, short what, void *arg)
{
	struct process *child = arg;
	struct parent *p = child->parent;
	bool first = !child->was_alive;
	char octet;

	(void)what;
	if (recv(fd, &octet, 1, 0) != 1) {
		event_del(child->alive);	/* its pipe tells why */
		return;
	}
	if (!first)
		said_late(child);
	child->was_alive = true;
	child->silent = 0;
	if (first && p->phase != PHASE_STOPPING && all(p, has_answered))
		p->alive(p);
}

static void
said_late(struct process *child)
{
	if (child->silent > TURNS(WORTH_SAYING) &&
	    ratelimit_pass(&child->late, RATELIMIT_LOG, clock_monotime()))
		log_warnx("%s: was busy for %d s", proc_name(child->id),
		    child->silent * PACE_MS / 1000);
}

static bool
all(const struct parent *p, bool (*is)(const struct process *))
{
	size_t i;

	for (i = 0; i < CHILDREN; i++)
		if (p->children[i].alive != NULL && !is(&p->children[i]))
			return false;
	return true;
}

static bool
has_answered(const struct process *child)
{
	return child->was_alive;
}

static bool
owes_nothing(const struct process *child)
{
	return child->silent == 0;
}
