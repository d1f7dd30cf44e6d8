/* SPDX-License-Identifier: ISC */
/*
 * The file of the router's identity.  By descriptors, so that symbolic links
 * cannot lead elsewhere.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/identity.h"
#include "parent/trust.h"

#define FILE_NAME	"identity"
#define PATH_SIZE	512

static int		 make(int, const char *);
static int		 fill(int);
static int		 put_in_place(int, const char *, const char *);
static int		 temporary(void);
static const char	*wrong(int);

int
identity_open(const struct conf_global *g, bool keep)
{
	bool chosen = g->identity[0] != '\0';
	char path[PATH_SIZE], folder[CONF_WHY], *slash;
	const char *why;
	int dir, fd;

	if (!chosen && g->state[0] == '\0') {
		log_warnx("identity: there is no file for it: this router is "
		    "another one at each start");
		return keep ? -1 : temporary();
	}
	if (chosen)
		strlcpy(path, g->identity, sizeof(path));
	else {
		snprintf(path, sizeof(path), "%s/" FILE_NAME, g->state);
		if (mkdir(g->state, 0700) == -1 && errno != EEXIST)
			log_warn("state %s", g->state);
	}
	slash = strrchr(path, '/');
	*slash = '\0';
	dir = trust_folder(slash == path ? "/" : path, folder, sizeof(folder));
	*slash = '/';
	if (dir == -1 && errno == EPERM) {
		log_warnx("identity %s: its folder: %s", path, folder);
		return -1;
	}
	fd = dir == -1 ? -1 : openat(dir, slash + 1, O_RDONLY | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd == -1 && dir != -1 && errno == ENOENT)
		fd = make(dir, slash + 1);
	else if (fd == -1 && dir != -1)
		chosen = true;		/* there is one: no other may be used */
	if (fd == -1)
		log_warn("identity %s", path);
	if (dir != -1)
		close(dir);
	if (fd == -1 && !chosen && !keep) {
		log_warnx("identity: is not kept: this router is another one "
		    "at the next start");
		return temporary();
	}
	if (fd == -1 || (why = wrong(fd)) == NULL)
		return fd;
	log_warnx("identity %s: %s", path, why);
	close(fd);
	return -1;
}

/* Complete or not at all, also after a power failure; and not over another. */
static int
make(int dir, const char *name)
{
	char tmp[PATH_SIZE + 16];
	int fd, error;

	snprintf(tmp, sizeof(tmp), "%s.%d", name, (int)getpid());
	(void)unlinkat(dir, tmp, 0);
	fd = openat(dir, tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd == -1)
		return -1;
	if (fill(fd) == -1 || put_in_place(dir, tmp, name) == -1) {
		error = errno;
		unlinkat(dir, tmp, 0);
		close(fd);
		errno = error;
		return -1;
	}
	unlinkat(dir, tmp, 0);
	(void)fsync(dir);
	close(fd);
	/* Or what another process has made meanwhile. */
	return openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY);
}

static int
fill(int fd)
{
	uint8_t seed[IDENTITY_OCTETS];
	ssize_t n;

	arc4random_buf(seed, sizeof(seed));
	n = write(fd, seed, sizeof(seed));
	explicit_bzero(seed, sizeof(seed));
	if (n != sizeof(seed)) {
		if (n != -1)
			errno = ENOSPC;
		return -1;
	}
	return fsync(fd);
}

/* Not every file system has links. */
static int
put_in_place(int dir, const char *tmp, const char *name)
{
	if (linkat(dir, tmp, dir, name, 0) == 0 || errno == EEXIST)
		return 0;
	if (errno == EPERM || errno == EOPNOTSUPP)
		return renameat2(dir, tmp, dir, name, RENAME_NOREPLACE) == 0 ||
		    errno == EEXIST ? 0 : -1;
	return -1;
}

/* For this run. */
static int
temporary(void)
{
	uint8_t seed[IDENTITY_OCTETS];
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1)
		fatal("identity: pipe");
	arc4random_buf(seed, sizeof(seed));
	if (write(fds[1], seed, sizeof(seed)) != sizeof(seed))
		fatal("identity: pipe");
	explicit_bzero(seed, sizeof(seed));
	close(fds[1]);
	return fds[0];
}

static const char *
wrong(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a file";
	if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return "must be root's, and nobody else's to read: chown "
		    "root and chmod 600";
	if (st.st_size != IDENTITY_OCTETS)
		return "not an identity: it must have 32 octets; without it, "
		    "a new one is made";
	return NULL;
}
