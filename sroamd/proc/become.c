/* SPDX-License-Identifier: ISC */
/* How a process that root has started becomes another user's. */
#include <sys/fsuid.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "proc/become.h"

static const struct passwd	*find(const char *);
static void			 give_up(const char *, const struct passwd *);
static void			 change_root(const char *,
				    const struct passwd *);

static const struct passwd nobody = {
	.pw_name = (char []){ "nobody" }, .pw_uid = 65534, .pw_gid = 65534
};

void
become(const char *user, const char *root, bool talks)
{
	int null;

	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1)
		fatal("/dev/null");
	if (user != NULL)
		give_up(root, find(user));
	else if (geteuid() == 0)
		give_up(root, &nobody);
	/* Until here errors go to the terminal or service that started us. */
	if (dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1 ||
	    (!talks && dup2(null, STDERR_FILENO) == -1))
		fatal("/dev/null");
	close(null);
}

static const struct passwd *
find(const char *user)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (pw == NULL)
		fatalx("user %s: %s", user,
		    errno == 0 ? "does not exist" : strerror(errno));
	if (pw->pw_uid == 0)
		fatalx("user %s: is root", user);
	return pw;
}

static void
give_up(const char *root, const struct passwd *pw)
{
	change_root(root, pw);
	if (setgroups(1, &pw->pw_gid) == -1 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) == -1 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == -1)
		fatal("user %s", pw->pw_name);
	if (setuid(0) == 0)
		fatalx("user %s: root is still within reach", pw->pw_name);
}

/*
 * The engine's folder is closed to all but its user.  A service manager may
 * have taken CAP_DAC_OVERRIDE from us, so that user looks for itself, while
 * CAP_SYS_CHROOT is still ours.
 */
static void
change_root(const char *root, const struct passwd *pw)
{
	int fd;

	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		fatal("chroot %s", root);
	if (fchdir(fd) == -1) {
		setfsgid(pw->pw_gid);
		setfsuid(pw->pw_uid);
	}
	if (fchdir(fd) == -1 || chroot(".") == -1)
		fatal("chroot %s", root);
	close(fd);
}
