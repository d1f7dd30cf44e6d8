/* SPDX-License-Identifier: ISC */
/*
 * sroamd, the start of everything: flags, the configuration, all errors that a
 * user can make; then the parent.
 */
#include <sys/stat.h>
#include <sys/un.h>

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ipc/ipc.h"
#include "parent/background.h"
#include "parent/dryrun.h"
#include "parent/notify.h"
#include "parent/parent.h"
#include "parent/privsep.h"
#include "parent/program.h"
#include "parent/sandbox.h"
#include "parent/whoami.h"
#include "proc/libevent.h"

#define CONF_FILE	"/etc/sroamd.conf"

static void		 usage(FILE *);
static const char	*absolute(const char *);
static int		 serve(struct parent_opts *);

int
main(int argc, char **argv)
{
	struct parent_opts opts = { .conf_path = CONF_FILE };
	bool check = false, removes = false, asks = false;
	int ch;

	libevent_init();
	sandbox_secrets();
	while ((ch = getopt(argc, argv, "dD:f:hIno:rs:Vv")) != -1) {
		switch (ch) {
		case 'd':
			opts.foreground = true;
			break;
		case 'D':
			if (conf_define(optarg) == -1)
				fatalx("-D %s: not a macro, write name=value",
				    optarg);
			break;
		case 'f':
			opts.conf_path = optarg;
			break;
		case 'h':
			usage(stdout);
			return 0;
		case 'I':
			asks = true;
			break;
		case 'n':
			check = true;
			break;
		case 'o':
			if (program_set(optarg) == -1)
				fatalx("-o %s: not a child, write "
				    "engine=/path", optarg);
			break;
		case 'r':
			removes = true;
			break;
		case 's':
			opts.socket = optarg;
			break;
		case 'V':
			puts("sroamd " VERSION);
			return 0;
		case 'v':
			opts.verbose = 1;
			break;
		default:
			usage(stderr);
			return 1;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return 1;
	}
	if (check)
		return dryrun(opts.conf_path, opts.verbose);

	/*
	 * Later the working directory is another one: paths become absolute
	 * here.
	 */
	opts.conf_path = absolute(opts.conf_path);
	if (opts.socket != NULL)
		opts.socket = absolute(opts.socket);
	if (geteuid() != 0)
		fatalx("must be started by root");
	if (asks)
		return whoami(opts.conf_path);
	return removes ? parent_remove(&opts) : serve(&opts);
}

static void
usage(FILE *to)
{
	fprintf(to, "usage: sroamd [-dhInrVv] [-D macro=value] [-f file] "
	    "[-o child=path]\n              [-s socket]\n");
}

static const char *
absolute(const char *path)
{
	char dir[CONF_PATH], *full;

	if (path[0] == '/')
		return path;
	if (getcwd(dir, sizeof(dir)) == NULL)
		fatal("%s", path);
	if (asprintf(&full, "%s/%s", dir, path) == -1)
		fatal("%s", path);
	return full;
}

/*
 * All errors of the user are reported before there are children, by the
 * process of the terminal or, without -d, by one that it waits for.
 */
static int
serve(struct parent_opts *opts)
{
	struct event_base *base;
	struct parent *parent;
	struct conf *conf;
	int status;

	umask(022);
	conf = parent_conf_load(opts);
	if (conf == NULL || privsep_users(conf->global.user) == -1 ||
	    privsep_folder(conf->global.chroot) == -1 ||
	    program_check(PROC_SIGNER) == -1 ||
	    program_check(PROC_ENGINE) == -1 ||
	    program_check(PROC_FRONTEND) == -1 ||
	    program_check(PROC_EXAMINER) == -1 ||
	    (parent_resolves(conf) && program_check(PROC_RESOLVER) == -1))
		return 1;
	if (opts->socket != NULL && strlen(opts->socket) >=
	    sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		log_warnx("-s %s: too long", opts->socket);
		return 1;
	}
	if (!opts->foreground)
		background_enter();
	opts->ready = background_started;
	notify_init();

	base = event_base_new();
	if (base == NULL)
		fatalx("event loop: cannot be made");
	parent = parent_new(base, opts, conf);
	if (parent_open(parent) == -1)
		return 1;
	log_procname(proc_name(PROC_PARENT));
	parent_start(parent);
	if (event_base_dispatch(base) == -1)
		fatalx("event loop: failed");
	status = parent_end(parent);
	event_base_free(base);
	return status;
}
