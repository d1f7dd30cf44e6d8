/* SPDX-License-Identifier: ISC */
/* The parent's children: what is sent to them, and how they end. */
#include <sys/wait.h>

#include <event2/event.h>

#include "common/log.h"
#include "ipc/listing.h"
#include "parent/local.h"
#include "parent/notify.h"
#include "parent/program.h"

static void	child_status(const struct process *);

struct process *
parent_child(struct parent *p, enum proc_id id)
{
	return &p->children[id - PROC_ENGINE];
}

bool
parent_complete(const struct parent *p)
{
	return p->children[0].pipe != NULL && p->children[1].pipe != NULL;
}

void
parent_send(struct parent *p, enum proc_id to, uint32_t type,
    const void *data, size_t len)
{
	struct process *child = parent_child(p, to);

	if (child->pipe != NULL)
		pipe_send(child->pipe, type, 0, -1, data, len);
}

void
parent_send_all(struct parent *p, uint32_t type, const void *data,
    size_t len)
{
	parent_send(p, PROC_ENGINE, type, data, len);
	parent_send(p, PROC_FRONTEND, type, data, len);
}

void
parent_verbose(struct parent *p, int level)
{
	uint32_t msg = level;

	p->verbose = level;
	log_verbose(level);
	parent_send_all(p, IPC_VERBOSE, &msg, sizeof(msg));
}

void
parent_deadline(struct parent *p, int seconds)
{
	struct timeval tv = { seconds, 0 };

	if (seconds == 0)
		evtimer_del(p->deadline);
	else
		evtimer_add(p->deadline, &tv);
}

void
parent_ctl_end(struct parent *p, uint32_t client, const char *error)
{
	struct pipe *frontend = parent_child(p, PROC_FRONTEND)->pipe;

	if (frontend != NULL && error != NULL)
		listing_end(frontend, client, "%s", error);
	else if (frontend != NULL)
		listing_end(frontend, client, NULL);
}

/*
 * When the daemon is stopped, the children send their last messages to peers
 * and stations; the frontend waits for the engine's.  After the failure of a
 * child that is not possible: the pipes are closed.
 */
void
parent_stop(struct parent *p, bool failed)
{
	size_t i;

	if (p->phase == PHASE_STOPPING)
		return;
	p->failed = failed;
	p->phase = PHASE_STOPPING;
	notify_stopping();
	if (!failed) {
		parent_send_all(p, IPC_SHUTDOWN, NULL, 0);
		parent_send(p, PROC_RESOLVER, IPC_SHUTDOWN, NULL, 0);
		parent_send(p, PROC_SIGNER, IPC_SHUTDOWN, NULL, 0);
	}
	for (i = 0; failed && i < CHILDREN; i++) {
		pipe_free(p->children[i].pipe);
		p->children[i].pipe = NULL;
	}
	parent_deadline(p, STOP_TIMEOUT);
	parent_reap(p);
}

void
parent_start_failed(struct parent *p, const char *why)
{
	parent_log_linger();
	log_to(NULL);
	log_procname(NULL);
	log_warnx("%s", why);
	parent_stop(p, true);
}

void
parent_reap(struct parent *p)
{
	struct process *child;

	for (child = p->children; child < p->children + CHILDREN; child++) {
		if (child->pid == 0 || child->reaped ||
		    waitpid(child->pid, &child->status, WNOHANG) !=
		    child->pid)
			continue;
		child->reaped = true;
		if (child->pipe == NULL)
			parent_child_ended(child);
	}
}

/* It has ended, and all of its log lines have been read. */
void
parent_child_ended(struct process *child)
{
	struct parent *p = child->parent;
	size_t i;

	if (child->gone)
		return;
	child->gone = true;
	child_status(child);
	if (p->phase != PHASE_STOPPING)
		parent_stop(p, true);
	for (i = 0; i < CHILDREN && p->children[i].gone; i++)
		continue;
	if (i == CHILDREN)
		event_base_loopbreak(p->base);
}

static void
child_status(const struct process *child)
{
	bool ending = child->parent->phase == PHASE_STOPPING;
	char text[LOG_TEXT];

	/* One line for all of them. */
	if (ending && (child->status == 0 ||
	    program_is_other_build(child->status)))
		return;
	program_ended(child->id, child->status, text, sizeof(text));
	log_warnx("%s", text);
}
