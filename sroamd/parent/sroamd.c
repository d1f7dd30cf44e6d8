/* SPDX-License-Identifier: ISC */
/*
 * Where all begins, the children too: flags, the configuration, everything
 * that a user can have got wrong; then the parent.
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ipc/ipc.h"
#include "parent/dryrun.h"
#include "parent/parent.h"
#include "proc/proc.h"

#define CONF_FILE	"/etc/sroamd.conf"

static void	usage(void) __attribute__((noreturn));
static int	become_child(int, char **);
static const char *absolute(const char *);
static int	check_user(const char *);
static int	make_chroot(const char *);
static void	make_parents(const char *);
static bool	is_empty(const char *);
static void	detach(void);
static void	detached(void);
static int	serve(struct parent_opts *);

/* Without -d: what tells whoever started us that we run, or -1. */
static int	started_fd = -1;
static void	libevent_says(int, const char *);

int
main(int argc, char **argv)
{
	struct parent_opts opts = { .conf_path = CONF_FILE };
	bool check = false, removes = false;
	int ch, status;

	event_set_log_callback(libevent_says);
	if (argc > 1 && (status = become_child(argc - 1, argv + 1)) != -1)
		return status;
	while ((ch = getopt(argc, argv, "dD:f:nrs:v")) != -1) {
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
		case 'n':
			check = true;
			break;
		case 'r':
			removes = true;
			break;
		case 's':
			opts.socket = optarg;
			break;
		case 'v':
			opts.verbose = 1;
			break;
		default:
			usage();
		}
	}
	argc -= optind;
	argv += optind;

	if (argc > 0)
		usage();
	if (check)
		return dryrun(opts.conf_path, opts.verbose);

	/* All that needs a name here will do so in another folder, later. */
	opts.conf_path = absolute(opts.conf_path);
	if (opts.socket != NULL)
		opts.socket = absolute(opts.socket);
	if (geteuid() != 0)
		fatalx("must be started by root");
	return removes ? parent_remove(&opts) : serve(&opts);
}

static void
usage(void)
{
	fprintf(stderr, "usage: sroamd [-dnrv] [-D macro=value] [-f file] "
	    "[-s socket]\n");
	exit(1);
}

/* As proc_start calls it: sroamd -E [-dv] user root [state] */
static int
become_child(int argc, char **argv)
{
	static const struct {
		const char	*flag, *comm;
		int		(*main)(int, char **);
	} children[] = {
		{ "-E", "sroamd: engine", engine },
		{ "-F", "sroamd: front", frontend },
		{ "-R", "sroamd: names", resolver }
	};
	size_t i;

	for (i = 0; i < sizeof(children) / sizeof(children[0]); i++) {
		if (strcmp(argv[0], children[i].flag) != 0)
			continue;
		/* Not "exe", which is what the kernel calls it. */
		(void)prctl(PR_SET_NAME, children[i].comm);
		return children[i].main(argc, argv);
	}
	return -1;
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
 * Everything that can be wrong is said before there are children, by the
 * terminal's own process or, without -d, by one that it waits for.
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
	if (conf == NULL || check_user(conf->global.user) == -1 ||
	    make_chroot(conf->global.chroot) == -1)
		return 1;
	if (opts->socket != NULL && strlen(opts->socket) >=
	    sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		log_warnx("-s %s: too long", opts->socket);
		return 1;
	}
	if (!opts->foreground)
		detach();
	opts->ready = detached;

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

static int
check_user(const char *user)
{
	struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (pw == NULL && errno != 0 && errno != ENOENT)
		log_warn("user %s", user);
	else if (pw == NULL)
		log_warnx("user %s: does not exist", user);
	else if (pw->pw_uid == 0)
		log_warnx("user %s: is root", user);
	else
		return 0;
	return -1;
}

/* Where the children are shut in: root's, empty, nobody's to write. */
static int
make_chroot(const char *dir)
{
	struct stat st;

	if (mkdir(dir, 0755) == -1 && errno == ENOENT) {
		make_parents(dir);
		(void)mkdir(dir, 0755);
	}
	if (stat(dir, &st) == -1)
		log_warn("chroot %s", dir);
	else if (!S_ISDIR(st.st_mode))
		log_warnx("chroot %s: not a folder", dir);
	else if (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)))
		log_warnx("chroot %s: must be root's, and nobody else's to "
		    "write", dir);
	else if (!is_empty(dir))
		log_warnx("chroot %s: not empty", dir);
	else
		return 0;
	return -1;
}

static void
make_parents(const char *dir)
{
	char path[CONF_PATH], *slash;

	strlcpy(path, dir, sizeof(path));
	for (slash = strchr(path + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
}

static bool
is_empty(const char *path)
{
	struct dirent *entry;
	bool empty = true;
	DIR *dir;

	dir = opendir(path);
	if (dir == NULL)
		return false;
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			empty = false;
	closedir(dir);
	return empty;
}

/* Its functions fail as well, and who called them says so with a bound. */
static void
libevent_says(int severity, const char *text)
{
	(void)severity;
	log_debug("libevent: %s", text);
}

/*
 * Into the background, but not yet out of sight: our caller returns when all
 * is running, or with status 1 when it is not going to.
 */
static void
detach(void)
{
	ssize_t n;
	char octet;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		fatal("pipe");
	pid = fork();
	if (pid == -1)
		fatal("fork");
	if (pid != 0) {
		close(fds[1]);
		do {
			n = read(fds[0], &octet, 1);
		} while (n == -1 && errno == EINTR);
		_exit(n == 1 ? 0 : 1);
	}
	close(fds[0]);
	started_fd = fds[1];
	if (setsid() == -1)
		fatal("setsid");
	if (chdir("/") == -1)
		fatal("/");
}

static void
detached(void)
{
	int null;

	if (started_fd == -1)
		return;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1 ||
	    dup2(null, STDERR_FILENO) == -1)
		fatal("/dev/null");
	close(null);
	if (write(started_fd, "", 1) != 1)
		log_warn("whoever started us is gone");
	close(started_fd);
	started_fd = -1;
}
