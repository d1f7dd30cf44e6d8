/* SPDX-License-Identifier: ISC */
/*
 * Octets from a client of the control socket.  A message that is passed on to
 * another process must be valid there: else any client could end that process.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <event2/event.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "frontend/control.h"

#define TURNS	8

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct event_base	*base;
static struct control		*control;
static struct sockaddr_un	 sun = { .sun_family = AF_UNIX };
static socklen_t		 sunlen = sizeof(sun);

static struct {
	enum proc_id	to;
	uint32_t	client;
	int		waiting;
} asked;

static int
forward(void *arg, enum proc_id to, uint32_t client, const struct ipc_ctl *ctl)
{
	const struct imsg imsg = {
		IPC_CTL, client, sizeof(*ctl), -1, (const void *)ctl
	};

	(void)arg;
	if (ipc_check(&imsg, PROC_FRONTEND, to) != NULL || asked.waiting)
		abort();
	asked.to = to;
	asked.client = client;
	asked.waiting = 1;
	return 0;
}

static void
answer(void *arg, uint32_t client, const struct ctl_request *request,
    uint32_t type)
{
	const struct ctl_interface interface = { .name = "roam0" };

	(void)arg;
	(void)request;
	if (type == CTL_SHOW_INTERFACES)
		control_record(control, client, CTL_INTERFACE, &interface,
		    sizeof(interface));
}

static void
more(void *arg, enum proc_id to, uint32_t client, uint32_t records)
{
	(void)arg;
	(void)to;
	(void)client;
	(void)records;
}

static void
listening(void *arg, bool on)
{
	(void)arg;
	(void)on;
}

static bool
named(void *arg, const char *network)
{
	(void)arg;
	return strcmp(network, "guest") == 0;
}

static void
start(void)
{
	static const struct control_ops ops = {
		forward, answer, more, listening, named, NULL
	};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	base = event_base_new();
	control = control_new(base, &ops);
	/* No name: the kernel chooses one outside of the file system. */
	if (fd == -1 || control == NULL ||
	    bind(fd, (struct sockaddr *)&sun, sizeof(sa_family_t)) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sun, &sunlen) == -1 ||
	    listen(fd, 8) == -1)
		abort();
	control_listen(control, fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ctl_end end = { .error = 0 };
	struct imsg imsg = {
		CTL_END, 0, sizeof(end), -1, (const void *)&end
	};
	const struct ctl_event event = {
		.seq = 1, .type = CTL_EVENT_ROAM, .about = CTL_ABOUT_STATION
	};
	int fd, i;

	if (base == NULL)
		start();
	asked.waiting = 0;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)&sun, sunlen) == -1)
		abort();
	(void)send(fd, data, size, MSG_NOSIGNAL);
	for (i = 0; i < TURNS; i++) {
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		if (!asked.waiting)
			continue;
		asked.waiting = 0;
		imsg.id = asked.client;
		control_answer(control, asked.to, &imsg);
		control_event(control, &event);
	}
	close(fd);
	for (i = 0; i < 2; i++)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	return 0;
}
