/* SPDX-License-Identifier: ISC */
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

#include "imsg.h"
#include "names.h"
#include "output.h"
#include "parser.h"

#define SOCKET_PATH	"/run/sroamd.sock"
#define WHY_TEXT	256

static void	usage(void) __attribute__((noreturn));
static int	control_connect(const char *);
static void	ask(struct imsgbuf *, const struct command *);
static void	learn_names(struct imsgbuf *);
static int	learn_name(const struct imsg *);
static int	take_answers(struct imsgbuf *, struct output *);
static int	take_end(const struct imsg *, struct output *);
static void	wait_for(struct imsgbuf *, short);

int
main(int argc, char *argv[])
{
	const char *path = SOCKET_PATH;
	bool json = false, numeric = false;
	struct command command;
	struct imsgbuf *ibuf;
	struct output out;
	char why[WHY_TEXT];
	int ch;

	while ((ch = getopt(argc, argv, "+jns:")) != -1) {
		switch (ch) {
		case 'j':
			json = true;
			break;
		case 'n':
			numeric = true;
			break;
		case 's':
			path = optarg;
			break;
		default:
			usage();
		}
	}
	argc -= optind;
	argv += optind;
	if (command_parse(argc, argv, &command, why, sizeof(why)) == -1)
		errx(1, "%s", why);

	signal(SIGPIPE, SIG_DFL);
	ibuf = imsgbuf_new(control_connect(path), false, IMSG_MAX);
	if (ibuf == NULL)
		err(1, NULL);
	output_init(&out, command.type, stdout, json, numeric);
	/* The parent, whose the routes are, has heard of no names. */
	if (command.type == CTL_SHOW_ROUTES && (json || !numeric))
		learn_names(ibuf);
	ask(ibuf, &command);
	ch = take_answers(ibuf, &out);
	imsgbuf_free(ibuf);
	if (fflush(stdout) == EOF)
		err(1, "output");
	return ch;
}

static void
usage(void)
{
	fprintf(stderr, "usage: sroamctl [-jn] [-s socket] command ...\n");
	exit(1);
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
		/* A daemon that refuses us says why before it hangs up. */
		if (imsgbuf_write(ibuf) == 0)
			continue;
		if (errno != EPIPE)
			err(1, "request");
		return;
	}
}

static void
learn_names(struct imsgbuf *ibuf)
{
	const struct command command = {
		CTL_SHOW_ROUTERS, { .version = CTL_VERSION }
	};

	ask(ibuf, &command);
	(void)take_answers(ibuf, NULL);
}

static int
learn_name(const struct imsg *imsg)
{
	struct ctl_router router;

	if (imsg->type != CTL_ROUTER ||
	    imsg_data(imsg, &router, sizeof(router)) == -1)
		return -1;
	names_add(&router);
	return 0;
}

/* The exit status.  Without out, names of routers are learnt. */
static int
take_answers(struct imsgbuf *ibuf, struct output *out)
{
	struct imsg imsg;
	int n;

	for (;;) {
		while ((n = imsg_get(ibuf, &imsg)) == 1) {
			if (imsg.type == CTL_END)
				return take_end(&imsg, out);
			if ((out == NULL ? learn_name(&imsg) :
			    output_record(out, imsg.type, imsg.data,
			    imsg.len)) == -1)
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

static int
take_end(const struct imsg *imsg, struct output *out)
{
	struct ctl_end end;

	if (imsg_data(imsg, &end, sizeof(end)) == -1)
		errx(1, "answer not understood: is sroamd of another version?");
	if (out == NULL)
		return (int)end.error;
	output_end(out, end.error == 0);
	if (end.error == 0)
		return 0;
	fflush(stdout);
	end.text[sizeof(end.text) - 1] = '\0';
	warnx("%s", end.text);
	return 1;
}

static void
wait_for(struct imsgbuf *ibuf, short events)
{
	struct pollfd pfd = { imsgbuf_fd(ibuf), events, 0 };

	while (poll(&pfd, 1, -1) == -1)
		if (errno != EINTR)
			err(1, "poll");
}
