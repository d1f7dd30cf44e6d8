/* SPDX-License-Identifier: ISC */
/* The users and the root folder of the children. */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "conf/conf.h"
#include "parent/privsep.h"

#define USER_SIZE	(sizeof(((struct conf_global *)NULL)->user) + 16)

static int	find_user(const char *);
static void	make_parents(const char *);
static bool	is_empty(const char *);

static char	users[PROC_NONE][USER_SIZE];

int
privsep_users(const char *name)
{
	char own[USER_SIZE];
	enum proc_id id;
	int found;

	if ((found = find_user(name)) != 1) {
		if (found == 0)
			log_warnx("user %s: does not exist", name);
		return -1;
	}
	for (id = PROC_ENGINE; id < PROC_EXAMINER; id++) {
		snprintf(own, sizeof(own), "%s_%s", name, proc_name(id));
		if ((found = find_user(own)) == -1)
			return -1;
		strlcpy(users[id], found == 1 ? own : name, sizeof(users[id]));
	}
	return 0;
}

const char *
privsep_user(enum proc_id id)
{
	/* What the examiner looks at is the engine's, who is not there yet. */
	return users[id == PROC_EXAMINER ? PROC_ENGINE : id];
}

/* 1: exists, and is not root; 0: does not exist; -1: the error was logged. */
static int
find_user(const char *name)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(name);
	if (pw != NULL && pw->pw_uid != 0)
		return 1;
	if (pw != NULL)
		log_warnx("user %s: is root", name);
	else if (errno != 0 && errno != ENOENT)
		log_warn("user %s", name);
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
