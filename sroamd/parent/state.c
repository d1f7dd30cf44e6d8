/* SPDX-License-Identifier: ISC */
/*
 * The engine's folder.  By descriptors, so that symbolic links cannot lead
 * elsewhere: its former user had it for himself.
 */
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/program.h"
#include "parent/state.h"

#define FOLDER		"engine"
#define TABLE		"table"
#define ASIDE		TABLE ".bad"
#define NEWER		TABLE ".newer"

#define MEMORY_ONLY	"leases are kept in memory only"

static int	open_folder(const char *);
static int	give(int, const struct passwd *);
static int	set_mode(int);
static void	rights_of(uid_t, gid_t);
static bool	has_table(int);
static int	give_table(int, uid_t, const struct passwd *);
static int	examine(int, const char *, const char *, int);
static int	put_aside(int, const char *, const char *, const char *);

int
state_prepare(const char *dir, const char *user, char *path, size_t size,
    int seconds)
{
	int folder, rc;

	if ((folder = state_folder(dir, user, path, size)) == -1)
		return 0;
	rc = examine(folder, user, path, seconds);
	close(folder);
	if (rc == 1)
		path[0] = '\0';
	return rc == -1 ? -1 : 0;
}

int
state_folder(const char *dir, const char *user, char *path, size_t size)
{
	const struct passwd *pw;
	int folder;

	path[0] = '\0';
	if (dir[0] == '\0')
		return -1;
	snprintf(path, size, "%s/" FOLDER, dir);
	pw = getpwnam(user);
	folder = open_folder(dir);
	if (pw != NULL && folder != -1 && give(folder, pw) == 0)
		return folder;
	log_warn("state %s: " MEMORY_ONLY, path);
	path[0] = '\0';
	if (folder != -1)
		close(folder);
	return -1;
}

/*
 * One that is right already may be closed to us: a service manager can take
 * CAP_DAC_OVERRIDE away.
 */
static int
open_folder(const char *dir)
{
	int state, folder = -1;

	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		return -1;
	state = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state == -1)
		return -1;
	if (mkdirat(state, FOLDER, 0700) == 0 || errno == EEXIST)
		folder = openat(state, FOLDER, O_PATH | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC);
	close(state);
	return folder;
}

/* If the folder exists and is right, the disk need not be writable. */
static int
give(int folder, const struct passwd *pw)
{
	struct stat st;

	if (fstat(folder, &st) == -1 ||
	    give_table(folder, st.st_uid, pw) == -1)
		return -1;
	if ((st.st_uid != pw->pw_uid || st.st_gid != pw->pw_gid) &&
	    fchownat(folder, "", pw->pw_uid, pw->pw_gid, AT_EMPTY_PATH) == -1)
		return -1;
	return (st.st_mode & 07777) == 0700 ? 0 : set_mode(folder);
}

/* fchmod(2) refuses a descriptor of O_PATH. */
static int
set_mode(int folder)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	return chmod(path, 0700);
}

/* What follows is looked at, and moved, with the rights of its user. */
static void
rights_of(uid_t uid, gid_t gid)
{
	setfsgid(gid);
	setfsuid(uid);
}

/*
 * Another user now, as after an upgrade: what the former one had in his folder
 * goes with it, but nothing that is not his, or is elsewhere, too.  Before the
 * folder, so that a start that is cut short is repeated.
 */
static int
give_table(int folder, uid_t former, const struct passwd *pw)
{
	struct stat st;
	int fd, rc = 0;

	if (former == pw->pw_uid)
		return 0;
	fd = openat(folder, TABLE, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) == -1)
		rc = -1;
	else if (S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid == former)
		rc = fchownat(fd, "", pw->pw_uid, pw->pw_gid, AT_EMPTY_PATH);
	close(fd);
	return rc;
}

static bool
has_table(int folder)
{
	struct stat st, table;
	bool has;

	if (fstat(folder, &st) == -1)
		return true;
	rights_of(st.st_uid, st.st_gid);
	has = fstatat(folder, TABLE, &table, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT;
	rights_of(geteuid(), getegid());
	return has;
}

/* 1: there can be no store. */
static int
examine(int folder, const char *user, const char *path, int seconds)
{
	static const char *const verdicts[STORE_VERDICTS] = {
		[STORE_FOREIGN] = "is not a table of ours",
		[STORE_NEWER] = "was written by a newer version; rename "
		    NEWER " to " TABLE " before that is started again",
		[STORE_DAMAGED] = "is damaged",
		[STORE_DENIED] = "may not be read"
	};
	const struct program_args args = { .user = user, .root = path };
	char text[LOG_TEXT], why[LOG_TEXT + 16];
	int status, n;

	if (!has_table(folder))
		return 0;
	if (program_result(PROC_EXAMINER, &args, seconds, &status) == -1) {
		log_warnx("state %s/" TABLE ": is not read after %d s: "
		    MEMORY_ONLY, path, seconds);
		return 1;
	}
	program_ended(PROC_EXAMINER, status, text, sizeof(text));
	if (WIFSIGNALED(status)) {
		snprintf(why, sizeof(why), "is damaged (%s)", text);
		return put_aside(folder, path, why, ASIDE);
	}
	n = WEXITSTATUS(status) - EXAMINED;
	if (n < 0 || n >= STORE_VERDICTS) {
		log_warnx("%s", text);
		return -1;
	}
	if (n == STORE_GOOD || n == STORE_EMPTY)
		return 0;
	if (n == STORE_BUSY) {
		log_warnx("state %s/" TABLE ": used by another process: "
		    MEMORY_ONLY, path);
		return 1;
	}
	return put_aside(folder, path, verdicts[n], n == STORE_NEWER ? NEWER :
	    ASIDE);
}

/* 1: it stays, and there can be no store. */
static int
put_aside(int folder, const char *path, const char *why, const char *name)
{
	struct stat st;
	int rc;

	if (fstat(folder, &st) == -1)
		return 1;
	rights_of(st.st_uid, st.st_gid);
	rc = renameat(folder, TABLE, folder, name);
	rights_of(geteuid(), getegid());
	if (rc == -1) {
		log_warn("state %s/" TABLE ": %s, and cannot be put aside: "
		    MEMORY_ONLY, path, why);
		return 1;
	}
	log_warnx("state %s/" TABLE ": %s: kept as %s, starting without", path,
	    why, name);
	return 0;
}
