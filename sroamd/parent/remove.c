/* SPDX-License-Identifier: ISC */
/* A router is taken out of service: no route of ours may lead packets there. */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "kernel/kernel.h"
#include "parent/controlsock.h"
#include "parent/onlyone.h"
#include "parent/parent.h"

static int	remove_all(const struct conf *);
static void	ignore_link(void *, const struct link *);
static void	ignore_sighting(void *, const struct sighting *);
static void	ignore_adopt(void *, const struct route *);
static void	ignore_route(void *, const struct prefix *);

/* No key is needed.  No daemon can start while we hold its control socket. */
int
parent_remove(const struct parent_opts *opts)
{
	struct conf *conf;
	const char *path;
	int fd, only, status = 1;

	conf_without_warnings();
	if ((conf = conf_parse(opts->conf_path)) == NULL)
		return 1;
	if ((only = onlyone_open()) == -1) {
		conf_free(conf);
		return 1;
	}
	path = opts->socket != NULL ? opts->socket : conf->global.socket;
	fd = controlsock_open(path);
	if (fd == -1 && errno == EADDRINUSE)
		log_warnx("control socket %s: a daemon is running there", path);
	else if (fd == -1)
		log_warn("control socket %s", path);
	else {
		status = remove_all(conf) == -1;
		unlink(path);
		close(fd);
	}
	close(only);
	conf_free(conf);
	return status;
}

static int
remove_all(const struct conf *conf)
{
	const struct kernel_ops ops = {
		ignore_link, ignore_sighting, ignore_adopt, ignore_route,
		NULL, NULL
	};
	const char *state = conf->global.state;
	struct footprint *fp;
	struct event_base *base;
	struct kernel *k;
	int rv = -1;

	if ((fp = calloc(1, sizeof(*fp))) == NULL)
		fatal("footprint");
	if ((base = event_base_new()) == NULL)
		fatalx("event loop: cannot be made");
	footprint_read(state, fp);
	if ((k = kernel_open(base, &ops)) != NULL) {
		kernel_former(k, fp);
		rv = kernel_remove(k, conf);
		kernel_close(k, false);
	}
	memset(fp, 0, sizeof(*fp));
	if (rv == 0 && footprint_write(state, fp) == -1 && errno != ENOENT)
		log_warn("state %s", state);
	event_base_free(base);
	free(fp);
	return rv;
}

static void
ignore_link(void *arg, const struct link *link)
{
	(void)arg;
	(void)link;
}

static void
ignore_sighting(void *arg, const struct sighting *sighting)
{
	(void)arg;
	(void)sighting;
}

static void
ignore_adopt(void *arg, const struct route *route)
{
	(void)arg;
	(void)route;
}

static void
ignore_route(void *arg, const struct prefix *prefix)
{
	(void)arg;
	(void)prefix;
}
