/* SPDX-License-Identifier: ISC */
/* The user and the root folder of the children. */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>

#include "common/log.h"
#include "conf/conf.h"
#include "parent/privsep.h"

static void	make_parents(const char *);
static bool	is_empty(const char *);

int
privsep_user(const char *user)
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

/* The children's root folder: root's, empty, and not writable by others. */
int
privsep_folder(const char *dir)
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
