/* SPDX-License-Identifier: ISC */
/* sroamctl(8): one request to a running daemon, and its answer. */
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "sroamctl/help.h"
#include "sroamctl/metrics.h"
#include "sroamctl/monitor.h"
#include "sroamctl/names.h"
#include "sroamctl/output.h"
#include "sroamctl/parser.h"

#define SOCKET_PATH	"/run/sroamd.sock"
#define WHY_TEXT	384

/* 0, or -1: a usage error. */
typedef int take_record(void *arg, uint32_t type, const void *, size_t);

static void	usage(FILE *);
static void	help(int, char *[]) __attribute__((noreturn));
static void	set_network(struct command *, const char *);
static int	control_connect(const char *);
static int	show(struct imsgbuf *, const struct command *, bool, bool);
static int	show_metrics(struct imsgbuf *);
static void	ask(struct imsgbuf *, const struct command *);
static take_record learn_name, output_take, metrics_take, monitor_take;
static int	monitor(struct imsgbuf *, const struct command *, bool, bool);
static void	take_answers(struct imsgbuf *, take_record *, void *,
		    struct ctl_end *);
static void	wait_for(struct imsgbuf *, short);

int
main(int argc, char *argv[])
{
	const char *path = SOCKET_PATH, *network = "";
	bool json = false, numeric = false;
	struct command command;
	struct imsgbuf *ibuf;
	char why[WHY_TEXT];
	int ch;

	while ((ch = getopt(argc, argv, "+hjN:ns:V")) != -1) {
		switch (ch) {
		case 'h':
			usage(stdout);
			help(0, NULL);
		case 'j':
			json = true;
			break;
		case 'N':
			network = optarg;
			break;
		case 'n':
			numeric = true;
			break;
		case 's':
			path = optarg;
			break;
		case 'V':
			puts("sroamctl " VERSION);
			return 0;
		default:
			usage(stderr);
			return 1;
		}
	}
	argc -= optind;
	argv += optind;
	if (command_parse(argc, argv, &command, why, sizeof(why)) == -1)
		errx(1, "%s", why);
	if (command.type == COMMAND_HELP)
		help(argc - 1, argv + 1);
	set_network(&command, network);
	if (json && command.type == COMMAND_METRICS)
		errx(1, "metrics have a format of their own, not JSON");

	signal(SIGPIPE, SIG_DFL);
	ibuf = imsgbuf_new(control_connect(path), false, IMSG_MAX);
	if (ibuf == NULL)
		err(1, NULL);
	if (command.type == COMMAND_METRICS)
		ch = show_metrics(ibuf);
	else if (command.type == CTL_MONITOR)
		ch = monitor(ibuf, &command, json, numeric);
	else
		ch = show(ibuf, &command, json, numeric);
	imsgbuf_free(ibuf);
	if (fflush(stdout) == EOF)
		err(1, "output");
	return ch;
}

static void
usage(FILE *to)
{
	fprintf(to, "usage: sroamctl [-hjnV] [-N network] [-s socket] "
	    "command ...\n");
}

static void
help(int argc, char *argv[])
{
	if (help_print(stdout, argc, argv) == -1)
		errx(1, "%s: no command begins so", argv[argc - 1]);
	if (fflush(stdout) == EOF)
		err(1, "output");
	exit(0);
}

/* Empty: all.  The daemon knows which there are. */
static void
set_network(struct command *command, const char *network)
{
	if (network[0] == '\0')
		return;
	if (command->type == COMMAND_METRICS)
		errx(1, "metrics are for all networks, not for one");
	if (strlcpy(command->request.network, network,
	    sizeof(command->request.network)) >=
	    sizeof(command->request.network))
		errx(1, "%s: longer than the name of a network may be",
		    network);
}

static int
control_connect(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		errx(1, "%s: longer than the path of a socket may be", path);
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		errx(1, "%s: connect: %s%s", path, strerror(errno),
		    errno == ENOENT || errno == ECONNREFUSED ?
		    "; is sroamd running?" : "");
	return fd;
}

static void
ask(struct imsgbuf *ibuf, const struct command *command)
{
	if (imsg_compose(ibuf, command->type, 0, -1, &command->request,
	    sizeof(command->request)) == -1)
		err(1, "request");
	while (imsgbuf_queued(ibuf) > 0) {
		wait_for(ibuf, POLLOUT);
		/*
		 * A daemon that refuses the connection sends why before it
		 * closes it.
		 */
		if (imsgbuf_write(ibuf) == 0)
			continue;
		if (errno != EPIPE)
			err(1, "request");
		return;
	}
}

static int
learn_name(void *arg, uint32_t type, const void *data, size_t len)
{
	struct ctl_router router;

	(void)arg;
	if (type != CTL_ROUTER || len != sizeof(router))
		return -1;
	memcpy(&router, data, sizeof(router));
	names_add(&router);
	return 0;
}

static int
output_take(void *arg, uint32_t type, const void *data, size_t len)
{
	return output_record(arg, type, data, len);
}

static int
metrics_take(void *arg, uint32_t type, const void *data, size_t len)
{
	return metrics_record(arg, type, data, len);
}

static int
monitor_take(void *arg, uint32_t type, const void *data, size_t len)
{
	return monitor_record(arg, type, data, len);
}

/* Until the daemon ends, or refuses. */
static int
monitor(struct imsgbuf *ibuf, const struct command *command, bool json,
    bool numeric)
{
	struct monitor out = { stdout, json, numeric };
	struct ctl_end end;

	ask(ibuf, command);
	take_answers(ibuf, monitor_take, &out, &end);
	warnx("%s", end.text);
	return 1;
}

/* The exit status. */
static int
show(struct imsgbuf *ibuf, const struct command *command, bool json,
    bool numeric)
{
	const struct command routers = {
		CTL_SHOW_ROUTERS, { .version = CTL_VERSION }
	};
	struct output out;
	struct ctl_end end;

	/*
	 * The parent, which answers with the routes, does not know routers'
	 * names.
	 */
	if (command->type == CTL_SHOW_ROUTES && (json || !numeric)) {
		ask(ibuf, &routers);
		take_answers(ibuf, learn_name, NULL, &end);
	}
	output_init(&out, command->type, stdout, json, numeric);
	ask(ibuf, command);
	take_answers(ibuf, output_take, &out, &end);
	output_end(&out, end.error == 0);
	if (end.error == 0)
		return 0;
	fflush(stdout);
	warnx("%s", end.text);
	return 1;
}

/* A part of the metrics would look like a fault: all of them, or none. */
static int
show_metrics(struct imsgbuf *ibuf)
{
	struct command command = { CTL_NONE, { .version = CTL_VERSION } };
	struct metrics *metrics = metrics_new();
	struct ctl_end end;

	while ((command.type = metrics_next(metrics)) != CTL_NONE) {
		ask(ibuf, &command);
		take_answers(ibuf, metrics_take, metrics, &end);
		if (end.error != 0)
			errx(1, "%s", end.text);
	}
	metrics_print(metrics, stdout);
	metrics_free(metrics);
	return 0;
}

/* Reads records, until the end, which says whether the request succeeded. */
static void
take_answers(struct imsgbuf *ibuf, take_record *take, void *arg,
    struct ctl_end *end)
{
	struct imsg imsg;
	int n;

	for (;;) {
		while ((n = imsg_get(ibuf, &imsg)) == 1) {
			if (imsg.type == CTL_END &&
			    imsg_data(&imsg, end, sizeof(*end)) == 0) {
				end->text[sizeof(end->text) - 1] = '\0';
				return;
			}
			if (take(arg, imsg.type, imsg.data, imsg.len) == -1)
				errx(1, "answer not understood: is sroamd of "
				    "another version?");
		}
		if (n == -1)
			errx(1, "answer not understood: is it sroamd?");
		wait_for(ibuf, POLLIN);
		if ((n = imsgbuf_read(ibuf)) == -1)
			err(1, "answer");
		if (n == 0)
			errx(1, "sroamd closed the connection");
	}
}

static void
wait_for(struct imsgbuf *ibuf, short events)
{
	struct pollfd pfd = { imsgbuf_fd(ibuf), events, 0 };

	while (poll(&pfd, 1, -1) == -1)
		if (errno != EINTR)
			err(1, "poll");
}
