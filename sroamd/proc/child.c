/* SPDX-License-Identifier: ISC */
/*
 * The life of every child process.  Until child_drop it is root and reads no
 * messages; from child_connect on it reads those of the parent.
 */
#include <sys/stat.h>

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "proc/alive.h"
#include "proc/become.h"
#include "proc/build.h"
#include "proc/child.h"
#include "proc/libevent.h"
#include "proc/logpipe.h"
#include "proc/memory.h"

static void	check_build(int, char **);
static void	usage(void) __attribute__((noreturn));
static void	ignore_signals(void);
static void	parent_message(void *, const struct imsg *);
static void	show_alive(struct child *, const struct imsg *);
static void	parent_closed(void *);

void
child_init(struct child *c, enum proc_id id, int argc, char **argv)
{
	int ch;

	memset(c, 0, sizeof(*c));
	c->id = id;
	c->detached = true;
	libevent_init();
	log_procname(proc_name(id));
	check_build(argc, argv);
	argc--;
	argv++;
	while ((ch = getopt(argc, argv, "dnv")) != -1) {
		if (ch == 'd')
			c->detached = false;
		else if (ch == 'n')
			c->check = true;
		else if (ch == 'v')
			log_verbose(1);
		else
			usage();
	}
	argc -= optind;
	argv += optind;
	if (argc != 2 && (argc != 3 || id != PROC_ENGINE))
		usage();
	c->user = argv[0];
	c->root = argv[1];
	if (argc == 3)
		c->root = c->state = argv[2];
	if ((c->base = event_base_new()) == NULL)
		fatalx("event loop: cannot be made");
}

/* Not logged: the parent does, which knows the path. */
static void
check_build(int argc, char **argv)
{
	struct stat st;

	if (fstat(CHILD_FD, &st) == -1 || !S_ISSOCK(st.st_mode))
		usage();
	if (argc < 2 || strcmp(argv[1], build_id) != 0)
		exit(CHILD_ALIEN);
}

static void
usage(void)
{
	fatalx("is started by sroamd, not by hand");
}

void
child_drop(const struct child *c)
{
	ignore_signals();
	memory_init();
	if (!c->check)
		become(c->user, c->root, !c->detached);
	else
		become(NULL, c->root, !c->detached);
}

/* Signals of the terminal reach all processes: the parent acts on them. */
static void
ignore_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };
	size_t i;

	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
}

struct pipe *
child_connect(struct child *c, void (*message)(void *, const struct imsg *),
    void *arg)
{
	const struct pipe_ops ops = {
		parent_message, parent_closed, logpipe_drained, c
	};

	c->message = message;
	c->arg = arg;
	c->parent = pipe_new(c->base, CHILD_FD, c->id, PROC_PARENT, &ops);
	if (logpipe_start(c->base, c->parent) == -1)
		fatalx("log: out of memory");
	return c->parent;
}

static void
parent_message(void *arg, const struct imsg *imsg)
{
	struct child *c = arg;

	if (imsg->type == IPC_ALIVE)
		show_alive(c, imsg);
	else
		c->message(c->arg, imsg);
}

static void
show_alive(struct child *c, const struct imsg *imsg)
{
	if (c->alive != NULL)
		fatalx("%s from parent: a second one", ipc_name(imsg->type));
	if (imsg->fd == IMSG_FD_LOST)
		fatalx("%s from parent: too many open files",
		    ipc_name(imsg->type));
	c->alive = alive_new(c->base, imsg->fd);
}

static void
parent_closed(void *arg)
{
	struct child *c = arg;

	event_base_loopbreak(c->base);
}

struct pipe *
child_hello(struct child *c, const struct imsg *imsg, struct ipc_hello *hello,
    enum proc_id sibling, const struct pipe_ops *ops)
{
	if (c->greeted)
		fatalx("%s from parent: a second one", ipc_name(imsg->type));
	if (imsg->fd == IMSG_FD_LOST)
		fatalx("%s from parent: too many open files",
		    ipc_name(imsg->type));
	imsg_data(imsg, hello, sizeof(*hello));
	c->greeted = true;
	log_verbose((int)hello->verbose);
	return pipe_new(c->base, imsg->fd, c->id, sibling, ops);
}

void
child_run(struct child *c)
{
	if (event_base_dispatch(c->base) == -1)
		fatalx("event loop: failed");
}

void
child_end(struct child *c)
{
	logpipe_drained(NULL);
	pipe_flush(c->parent);
	logpipe_stop();
	alive_free(c->alive);
	pipe_free(c->parent);
	event_base_free(c->base);
}
