/* SPDX-License-Identifier: ISC */
/*
 * The way to a file, folder by folder, each by a descriptor: what was checked
 * is what is opened, whatever others rename meanwhile.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parent/trust.h"

#define DEPTH		128		/* folders below each other */
#define LINKS		40		/* as path_resolution(7) */
#define FOLDERS		64		/* that files are read from */

struct folder {
	dev_t	dev;
	ino_t	ino;
};

enum end { REFUSED, ON_THE_WAY, AT_FILE, AT_FOLDER };

/* Where a walk is. */
struct walk {
	const char	*path;			/* as it was asked for */
	char		 rest[PATH_MAX];	/* from here */
	struct folder	 above[DEPTH];		/* this one is the last */
	size_t		 depth;
	int		 dir;
	/* others may add to this folder, but not replace what is not theirs */
	bool		 shared;
	unsigned int	 links;
	char		*why;
	size_t		 len;
};

static int	begin(struct walk *);
static enum end	walk(struct walk *, char *);
static enum end	step(struct walk *, char *);
static bool	next_name(struct walk *, char *);
static int	enter(struct walk *, int, const char *);
static int	follow(struct walk *, int, const char *);
static int	open_file(struct walk *, const char *, bool);
static bool	is_ours(const struct stat *);
static bool	is_known(const struct walk *);
static int	know(struct walk *);
static int	system_error(struct walk *);
static int	refuse(struct walk *, int, const char *, ...)
		    __attribute__((format(printf, 3, 4)));

/* Where files were opened; the descriptors are open until trust_settle. */
static struct {
	struct folder	at[FOLDERS];
	int		fd[FOLDERS];
	size_t		n;
	bool		settled;
} known;

int
trust_open(const char *path, bool secret, char *why, size_t len)
{
	struct walk w = { .path = path, .dir = -1, .why = why, .len = len };
	char name[NAME_MAX + 1];
	int fd = -1, error;

	switch (walk(&w, name)) {
	case AT_FILE:
		fd = open_file(&w, name, secret);
		break;
	case AT_FOLDER:
		errno = EISDIR;
		(void)system_error(&w);
		break;
	default:
		break;
	}
	error = errno;
	if (w.dir != -1)
		close(w.dir);
	errno = error;
	return fd;
}

int
trust_folder(const char *path, char *why, size_t len)
{
	struct walk w = { .path = path, .dir = -1, .why = why, .len = len };
	char name[NAME_MAX + 1];
	int fd = -1, error;

	switch (walk(&w, name)) {
	case AT_FILE:
		errno = ENOTDIR;
		(void)system_error(&w);
		break;
	case AT_FOLDER:
		if (w.shared)
			(void)refuse(&w, EPERM, "others write to it: chmod "
			    "go-w it");
		else if ((fd = openat(w.dir, ".", O_RDONLY | O_DIRECTORY |
		    O_CLOEXEC)) == -1)
			(void)system_error(&w);
		break;
	default:
		break;
	}
	error = errno;
	if (w.dir != -1)
		close(w.dir);
	errno = error;
	return fd;
}

/* To the folder of a file, and the name that it has there, or to a folder. */
static enum end
walk(struct walk *w, char *name)
{
	enum end end;

	w->why[0] = '\0';
	if (begin(w) == -1)
		return REFUSED;
	do {
		end = step(w, name);
	} while (end == ON_THE_WAY);
	return end;
}

static int
begin(struct walk *w)
{
	char cwd[PATH_MAX] = "";
	int n;

	if (w->path[0] == '\0') {
		errno = ENOENT;
		return system_error(w);
	}
	if (w->path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL)
		return system_error(w);
	n = snprintf(w->rest, sizeof(w->rest), "%s/%s", cwd, w->path);
	if (n >= (int)sizeof(w->rest)) {
		errno = ENAMETOOLONG;
		return system_error(w);
	}
	return enter(w, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "/");
}

static enum end
step(struct walk *w, char *name)
{
	struct stat st;
	int fd;

	if (!next_name(w, name))
		return REFUSED;
	if (name[0] == '\0')
		return AT_FOLDER;
	fd = openat(w->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1) {
		if (fd != -1)
			close(fd);
		(void)system_error(w);
		return REFUSED;
	}
	if (S_ISDIR(st.st_mode))
		return enter(w, fd, name) == 0 ? ON_THE_WAY : REFUSED;
	if (S_ISLNK(st.st_mode))
		return follow(w, fd, name) == 0 ? ON_THE_WAY : REFUSED;
	close(fd);
	if (w->rest[0] == '\0')
		return AT_FILE;
	errno = ENOTDIR;
	(void)system_error(w);
	return REFUSED;
}

/* Takes the next name off the rest: empty at the end. */
static bool
next_name(struct walk *w, char *name)
{
	size_t n, skip;

	do {
		skip = strspn(w->rest, "/");
		n = strcspn(w->rest + skip, "/");
		if (n > NAME_MAX) {
			errno = ENAMETOOLONG;
			(void)system_error(w);
			return false;
		}
		memcpy(name, w->rest + skip, n);
		name[n] = '\0';
		memmove(w->rest, w->rest + skip + n,
		    strlen(w->rest + skip + n) + 1);
	} while (strcmp(name, ".") == 0);
	return true;
}

/* Takes the descriptor. */
static int
enter(struct walk *w, int fd, const char *name)
{
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1) {
		if (fd != -1)
			close(fd);
		return system_error(w);
	}
	if (w->dir != -1)
		close(w->dir);
	w->dir = fd;
	if (!is_ours(&st))
		return refuse(w, EPERM, "folder %s on the way is user %u's: "
		    "chown root it, or move the file", name, st.st_uid);
	w->shared = (st.st_mode & (S_IWGRP | S_IWOTH)) != 0;
	if (w->shared && !(st.st_mode & S_ISVTX))
		return refuse(w, EPERM, "others may write to folder %s on the "
		    "way: chmod go-w it, or move the file", name);
	if (strcmp(name, "..") == 0) {
		w->depth -= w->depth > 1;
		return 0;
	}
	if (w->depth == DEPTH) {
		errno = ENAMETOOLONG;
		return system_error(w);
	}
	w->above[w->depth].dev = st.st_dev;
	w->above[w->depth++].ino = st.st_ino;
	return 0;
}

/* Takes the descriptor of a symbolic link. */
static int
follow(struct walk *w, int fd, const char *name)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;
	int error;

	n = readlinkat(fd, "", target, sizeof(target));
	error = fstat(fd, &st) == -1 || n == -1 ? errno : 0;
	close(fd);
	if (error == 0 && ++w->links > LINKS)
		error = ELOOP;
	if (error == 0 && (size_t)n + strlen(w->rest) >= sizeof(w->rest))
		error = ENAMETOOLONG;
	if (error != 0) {
		errno = error;
		return system_error(w);
	}
	if (w->shared || !is_ours(&st))
		return refuse(w, EPERM, "link %s on the way is %s: use the "
		    "file's own path", name, is_ours(&st) ?
		    "in a folder that others write to" : "another user's");
	memmove(w->rest + n, w->rest, strlen(w->rest) + 1);
	memcpy(w->rest, target, n);
	if (target[0] != '/')
		return 0;
	w->depth = 0;
	return enter(w, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "/");
}

/* What is checked is the open file, which is then read. */
static int
open_file(struct walk *w, const char *name, bool secret)
{
	struct stat st;
	int fd, rc = -1;

	if (known.settled && !is_known(w))
		return refuse(w, EXDEV, "in another folder than at the start: "
		    "a change needs a restart");
	/* A FIFO must not block us. */
	fd = openat(w->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return system_error(w);
	if (fstat(fd, &st) == -1)
		(void)system_error(w);
	else if (!S_ISREG(st.st_mode))
		(void)refuse(w, EINVAL, "not a file");
	else if (!is_ours(&st))
		(void)refuse(w, EPERM, "is user %u's: chown root it, if you "
		    "trust what it says", st.st_uid);
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		(void)refuse(w, EPERM, "others than its owner may write to "
		    "it: chmod go-w it, if you trust what it says");
	else if (w->shared)
		(void)refuse(w, EPERM, "is in a folder that others write to: "
		    "move it");
	else if (secret && trust_is_exposed(fd))
		(void)refuse(w, EPERM, "is secret, and others than its owner "
		    "may read it: chmod 600 it");
	else if (known.settled || know(w) == 0)
		rc = fd;
	if (rc == -1)
		close(fd);
	return rc;
}

bool
trust_is_exposed(int fd)
{
	struct stat st;

	return fstat(fd, &st) == -1 || (st.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

static bool
is_ours(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

/* In or below a folder that a file was read from. */
static bool
is_known(const struct walk *w)
{
	size_t i, j;

	for (i = 0; i < w->depth; i++)
		for (j = 0; j < known.n; j++)
			if (known.at[j].dev == w->above[i].dev &&
			    known.at[j].ino == w->above[i].ino)
				return true;
	return false;
}

static int
know(struct walk *w)
{
	if (is_known(w))
		return 0;
	if (known.n == FOLDERS)
		return refuse(w, E2BIG, "more than %u folders with files",
		    FOLDERS);
	known.at[known.n] = w->above[w->depth - 1];
	known.fd[known.n++] = w->dir;
	w->dir = -1;
	return 0;
}

void
trust_settle(void (*each)(void *, int), void *arg)
{
	size_t i;

	for (i = 0; i < known.n && !known.settled; i++) {
		each(arg, known.fd[i]);
		close(known.fd[i]);
	}
	known.settled = true;
}

static int
system_error(struct walk *w)
{
	return refuse(w, errno, "%s", strerror(errno));
}

static int
refuse(struct walk *w, int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->why, w->len, fmt, ap);
	va_end(ap);
	errno = error;
	return -1;
}
