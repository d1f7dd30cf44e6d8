/* SPDX-License-Identifier: ISC */
/*
 * sroamd -I.  The parent has no cryptography: a signer is run for this alone,
 * as the user nobody, and gets the identity as at the daemon's start.
 */
#include <sys/wait.h>

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/fingerprint.h"
#include "common/log.h"
#include "conf/conf.h"
#include "ipc/pipe.h"
#include "parent/identity.h"
#include "parent/privsep.h"
#include "parent/program.h"
#include "parent/state.h"
#include "parent/whoami.h"

#define PATIENCE	30		/* s */

struct whoami {
	struct event_base	*base;
	struct pipe		*signer;
	bool			 known;
	struct ipc_identity	 identity;
};

static void	make_folder(const struct conf_global *);
static int	show(const struct conf_global *);
static void	ask(struct whoami *, int);
static void	message(void *, const struct imsg *);
static void	closed(void *);

int
whoami(const char *path)
{
	struct conf *conf;
	int status;

	conf_without_warnings();
	if ((conf = conf_parse(path)) == NULL)
		return 1;
	status = show(&conf->global) == 0 ? 0 : 1;
	conf_free(conf);
	return status;
}

/* Of the table, so that a daemon with fewer rights finds it. */
static void
make_folder(const struct conf_global *global)
{
	char store[CONF_PATH + 8];
	int folder;

	if (global->state[0] == '\0' || geteuid() != 0 ||
	    privsep_users(global->user) == -1)
		return;
	folder = state_folder(global->state, privsep_user(PROC_EXAMINER),
	    store, sizeof(store));
	if (folder != -1)
		close(folder);
}

static int
show(const struct conf_global *global)
{
	char text[FINGERPRINT_TEXT];
	struct whoami w = { .known = false };
	int fd;

	if (program_check(PROC_SIGNER) == -1 ||
	    (fd = identity_open(global, true)) == -1)
		return -1;
	make_folder(global);
	ask(&w, fd);
	if (!w.known) {
		log_warnx("identity: the signer does not say whose it is");
		return -1;
	}
	fingerprint_text(text, w.identity.hash);
	printf("router id %s\nfingerprint %s\n",
	    router_id_text(&w.identity.id), text);
	return fflush(stdout) == 0 ? 0 : -1;
}

static void
ask(struct whoami *w, int fd)
{
	const struct program_args args = {
		.user = "nobody", .root = "/", .foreground = true,
		.check = true
	};
	const struct pipe_ops ops = { message, closed, NULL, w };
	const struct timeval patience = { PATIENCE, 0 };
	char text[LOG_TEXT];
	int channel, status;
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	if ((w->base = event_base_new()) == NULL)
		fatalx("event loop: cannot be made");
	pid = program_start(PROC_SIGNER, &args, &channel);
	w->signer = pipe_new(w->base, channel, PROC_PARENT, PROC_SIGNER, &ops);
	pipe_send(w->signer, IPC_HELLO_SIGNER, 0, fd, NULL, 0);
	event_base_loopexit(w->base, &patience);
	event_base_dispatch(w->base);
	pipe_free(w->signer);
	event_base_free(w->base);
	if (waitpid(pid, &status, 0) == pid && status != 0) {
		program_ended(PROC_SIGNER, status, text, sizeof(text));
		log_warnx("%s", text);
	}
}

static void
message(void *arg, const struct imsg *imsg)
{
	struct whoami *w = arg;
	struct ipc_log line;

	if (imsg->type == IPC_LOG) {
		imsg_data(imsg, &line, sizeof(line));
		log_procname(proc_name(PROC_SIGNER));
		log_line(line.priority, NULL, line.text);
		log_procname(NULL);
		return;
	}
	if (imsg->type == IPC_IDENTITY) {
		imsg_data(imsg, &w->identity, sizeof(w->identity));
		w->known = true;
	}
	event_base_loopbreak(w->base);
}

static void
closed(void *arg)
{
	struct whoami *w = arg;

	event_base_loopbreak(w->base);
}
