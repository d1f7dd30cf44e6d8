/* SPDX-License-Identifier: ISC */
/* The router's id, kept in a file. */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/identity.h"

#define FILE_NAME	"router-id"
#define STORE_NAME	"engine"
#define PATH_SIZE	512

static int	read_id(const char *, struct router_id *);
static int	write_id(const char *, const struct router_id *);

void
identity_load(const char *dir, struct router_id *id)
{
	char path[PATH_SIZE];

	if (dir[0] != '\0' && mkdir(dir, 0700) == -1 && errno != EEXIST)
		log_warn("state %s", dir);
	snprintf(path, sizeof(path), "%s/" FILE_NAME, dir);
	if (dir[0] != '\0' && read_id(path, id) == 0)
		return;
	/*
	 * Locally administered and unicast, in case it is ever used as a MAC
	 * address.
	 */
	arc4random_buf(id->octet, sizeof(id->octet));
	id->octet[0] = (id->octet[0] & 0xfc) | 0x02;
	if (dir[0] != '\0' && write_id(path, id) == -1)
		log_warn("%s: the router id is new at each start", path);
}

/*
 * By descriptors, so that symbolic links cannot lead elsewhere.  If the folder
 * exists and is right, the disk need not be writable.
 */
void
identity_store(const char *dir, const char *user, char *path, size_t size)
{
	const struct passwd *pw;
	struct stat st;
	int state, fd = -1;

	path[0] = '\0';
	if (dir[0] == '\0')
		return;
	snprintf(path, size, "%s/" STORE_NAME, dir);
	pw = getpwnam(user);
	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		goto fail;
	state = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state == -1)
		goto fail;
	if (mkdirat(state, STORE_NAME, 0700) == 0 || errno == EEXIST)
		fd = openat(state, STORE_NAME, O_RDONLY | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC);
	close(state);
	if (fd == -1 || fstat(fd, &st) == -1 || pw == NULL)
		goto fail;
	if (((st.st_uid != pw->pw_uid || st.st_gid != pw->pw_gid) &&
	    fchown(fd, pw->pw_uid, pw->pw_gid) == -1) ||
	    ((st.st_mode & 07777) != 0700 && fchmod(fd, 0700) == -1))
		goto fail;
	close(fd);
	return;
 fail:
	log_warn("state %s: leases are kept in memory only", path);
	if (fd != -1)
		close(fd);
	path[0] = '\0';
}

static int
read_id(const char *path, struct router_id *id)
{
	char line[ROUTER_ID_TEXT + 1];
	FILE *f;
	int rc = -1;

	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	if (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (router_id_parse(line, id) == 0 && !router_id_is_none(id))
			rc = 0;
	}
	if (rc == -1)
		log_warnx("%s: not a router id, making a new one", path);
	fclose(f);
	return rc;
}

/* Complete or not at all, also after a power failure. */
static int
write_id(const char *path, const struct router_id *id)
{
	char tmp[PATH_SIZE + 8];
	int fd, error;

	snprintf(tmp, sizeof(tmp), "%s.new", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd == -1)
		return -1;
	if (dprintf(fd, "%s\n", router_id_text(id)) < 0 || fsync(fd) == -1 ||
	    rename(tmp, path) == -1) {
		error = errno;
		close(fd);
		unlink(tmp);
		errno = error;
		return -1;
	}
	close(fd);
	return 0;
}
