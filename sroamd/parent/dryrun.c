/* SPDX-License-Identifier: ISC */
/*
 * sroamd -n.  Only an engine can check keys and certificates: one is run for
 * that alone, and gets the configuration as at the daemon's start.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "conf/conf.h"
#include "ipc/conf_ipc.h"
#include "parent/dryrun.h"
#include "parent/program.h"
#include "parent/secret.h"

#define PATIENCE	30		/* s */

struct dryrun {
	struct event_base	*base;
	struct pipe		*engine;
	bool			 good;
};

static int	try_secrets(const struct conf *);
static void	ask(struct dryrun *, const struct conf *);
static void	message(void *, const struct imsg *);
static void	closed(void *);

int
dryrun(const char *path, int verbose)
{
	struct conf *conf;
	int loaded;

	conf_propose_to(stdout);
	if ((conf = conf_parse(path)) == NULL)
		return 1;
	loaded = secret_load(conf, geteuid() != 0);
	if (loaded == 0 && conf->nsecrets > 0)
		loaded = try_secrets(conf);
	if (loaded == -1) {
		conf_free(conf);
		return 1;
	}
	if (verbose)
		conf_print(conf, stdout);
	fprintf(stderr, "configuration OK\n");
	conf_free(conf);
	return 0;
}

static int
try_secrets(const struct conf *conf)
{
	const struct program_args args = {
		.user = conf->global.user, .root = "/", .foreground = true,
		.check = true
	};
	const struct timeval patience = { PATIENCE, 0 };
	struct dryrun c = { .good = false };
	const struct pipe_ops ops = { message, closed, NULL, &c };
	char text[LOG_TEXT];
	int fd, status;
	pid_t pid;

	if (program_check(PROC_ENGINE) == -1)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	if ((c.base = event_base_new()) == NULL)
		fatalx("event loop: cannot be made");
	pid = program_start(PROC_ENGINE, &args, &fd);
	c.engine = pipe_new(c.base, fd, PROC_PARENT, PROC_ENGINE, &ops);
	ask(&c, conf);
	event_base_loopexit(c.base, &patience);
	event_base_dispatch(c.base);
	pipe_free(c.engine);
	event_base_free(c.base);
	if (waitpid(pid, &status, 0) == pid && status != 0) {
		program_ended(PROC_ENGINE, status, text, sizeof(text));
		log_warnx("%s", text);
	}
	return c.good ? 0 : -1;
}

/* IPC_HELLO comes with a channel to the frontend, whose other end is closed. */
static void
ask(struct dryrun *c, const struct conf *conf)
{
	struct ipc_hello hello = { .self = { { 2 } }, .run = 1 };
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	    sv) == -1)
		fatal("socketpair");
	close(sv[1]);
	pipe_send(c->engine, IPC_HELLO, 0, sv[0], &hello, sizeof(hello));
	conf_send(c->engine, conf, true);
}

static void
message(void *arg, const struct imsg *imsg)
{
	struct ipc_refused refused;
	struct dryrun *c = arg;
	struct ipc_log line;

	switch (imsg->type) {
	case IPC_LOG:
		imsg_data(imsg, &line, sizeof(line));
		log_procname(proc_name(PROC_ENGINE));
		log_line(line.priority, NULL, line.text);
		log_procname(NULL);
		return;
	case IPC_CONF_READY:
		c->good = true;
		break;
	case IPC_CONF_REFUSED:
		imsg_data(imsg, &refused, sizeof(refused));
		log_warnx("%s", refused.why[0] != '\0' ? refused.why :
		    "engine: no memory for it");
		break;
	default:
		log_warnx("%s from engine: not expected",
		    ipc_name(imsg->type));
		break;
	}
	event_base_loopbreak(c->base);
}

static void
closed(void *arg)
{
	struct dryrun *c = arg;

	event_base_loopbreak(c->base);
}
