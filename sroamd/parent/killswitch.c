/* SPDX-License-Identifier: ISC */
/* Ends one child without the privilege to send signals: F_SETSIG, fcntl(2). */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/killswitch.h"

void
killswitch_open(struct killswitch *k, pid_t pid)
{
	if (pipe2(k->fds, O_CLOEXEC) == -1 ||
	    fcntl(k->fds[0], F_SETOWN, pid) == -1 ||
	    fcntl(k->fds[0], F_SETSIG, SIGKILL) == -1 ||
	    fcntl(k->fds[0], F_SETFL, O_ASYNC | O_NONBLOCK) == -1)
		fatal("kill switch of process %d", (int)pid);
}

void
killswitch_pull(const struct killswitch *k)
{
	if (k->fds[1] != -1 && write(k->fds[1], "", 1) == -1)
		log_warn("kill switch");
}

/* The end that signals first, as the other's end would be news to it. */
void
killswitch_close(struct killswitch *k)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (k->fds[i] != -1)
			close(k->fds[i]);
		k->fds[i] = -1;
	}
}
