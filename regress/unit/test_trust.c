/* SPDX-License-Identifier: ISC */
/*
 * Files of others, and files that others could replace or read, are refused
 * with the reason; and so are configurations and keys that are in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "parent/secret.h"
#include "parent/trust.h"
#include "stub_log.h"

#define OTHER	65534

static char	dir[64], why[CONF_WHY];

static char *
at(const char *name)
{
	static char	path[4][160];
	static int	turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static void
put(const char *name, mode_t mode, const char *text)
{
	FILE	*f = fopen(at(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(at(name), mode), 0);
}

static int
setup(void **state)
{
	(void)state;
	strlcpy(dir, "/tmp/test_trust.XXXXXX", sizeof(dir));
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	char	command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	stub_log_clear();
	return system(command);
}

static void
is_read(const char *path, bool secret)
{
	char	text[8] = "";
	int	fd = trust_open(path, secret, why, sizeof(why));

	if (fd == -1)
		fail_msg("%s: %s", path, why);
	assert_int_equal(read(fd, text, sizeof(text)), 2);
	assert_string_equal(text, "x\n");
	close(fd);
}

static void
is_refused(const char *path, bool secret, int error, const char *reason)
{
	int	fd = trust_open(path, secret, why, sizeof(why));

	if (fd != -1)
		fail_msg("%s: is read, but: %s", path, reason);
	if (errno != error || strstr(why, reason) == NULL)
		fail_msg("%s: %s: %s, expected %s", path, strerror(errno), why,
		    reason);
}

static void
modes_of_a_file(void **state)
{
	mode_t	mode;

	(void)state;
	for (mode = 0; mode <= 0777; mode++) {
		if (!(mode & 0400))
			continue;
		put("f", mode, "x\n");
		if (mode & 022) {
			is_refused(at("f"), false, EPERM, "chmod go-w");
			is_refused(at("f"), true, EPERM, "chmod go-w");
			continue;
		}
		is_read(at("f"), false);
		if (mode & 044)
			is_refused(at("f"), true, EPERM, "chmod 600");
		else
			is_read(at("f"), true);
	}
}

static void
modes_of_a_folder(void **state)
{
	(void)state;
	assert_int_equal(mkdir(at("d"), 0755), 0);
	assert_int_equal(mkdir(at("d/e"), 0700), 0);
	put("d/f", 0600, "x\n");
	put("d/e/f", 0600, "x\n");
	is_read(at("d/f"), true);
	assert_int_equal(chmod(at("d"), 0775), 0);
	is_refused(at("d/f"), true, EPERM, "others may write to folder d");
	is_refused(at("d/e/f"), true, EPERM, "others may write to folder d");
	assert_int_equal(chmod(at("d"), 0757), 0);
	is_refused(at("d/f"), false, EPERM, "others may write to folder d");
	/* Others can put their own files there, but not replace a folder. */
	assert_int_equal(chmod(at("d"), 01777), 0);
	is_refused(at("d/f"), false, EPERM, "in a folder that others write");
	is_read(at("d/e/f"), true);
	is_read(at("d/e/../e/./f"), true);
	is_refused(at("d/e/../f"), true, EPERM, "in a folder that others");
}

static void
other_owners(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(mkdir(at("d"), 0755), 0);
	put("d/f", 0600, "x\n");
	put("f", 0600, "x\n");
	assert_int_equal(chown(at("f"), OTHER, OTHER), 0);
	is_refused(at("f"), false, EPERM, "is user 65534's");
	/* It could be replaced. */
	assert_int_equal(chown(at("d"), OTHER, OTHER), 0);
	is_refused(at("d/f"), false, EPERM, "folder d on the way is user 6");
	/* The group only reads it. */
	assert_int_equal(chown(at("d"), 0, OTHER), 0);
	is_read(at("d/f"), true);
}

static void
the_caller_may_use_its_own(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	put("f", 0600, "x\n");
	put("g", 0600, "x\n");
	assert_int_equal(chown(at("f"), OTHER, OTHER), 0);
	assert_int_equal(chown(at("g"), OTHER - 1, OTHER), 0);
	assert_int_equal(chown(dir, OTHER, OTHER), 0);
	assert_int_equal(seteuid(OTHER), 0);
	is_read(at("f"), true);
	is_refused(at("g"), true, EACCES, "Permission denied");
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chown(dir, 0, 0), 0);
}

static void
links(void **state)
{
	(void)state;
	assert_int_equal(mkdir(at("d"), 0755), 0);
	assert_int_equal(mkdir(at("open"), 01777), 0);
	assert_int_equal(chmod(at("open"), 01777), 0);
	put("d/f", 0600, "x\n");
	assert_int_equal(symlink("d/f", at("file")), 0);
	assert_int_equal(symlink(at("d"), at("folder")), 0);
	assert_int_equal(symlink("../folder/f", at("d/up")), 0);
	assert_int_equal(symlink("../d/f", at("open/f")), 0);
	assert_int_equal(symlink("loop", at("loop")), 0);
	assert_int_equal(symlink("nowhere", at("dead")), 0);
	is_read(at("file"), true);
	is_read(at("folder/f"), true);
	is_read(at("folder/../file"), true);
	is_read(at("d/up"), true);
	is_refused(at("open/f"), false, EPERM, "link f on the way is in a");
	is_refused(at("loop"), false, ELOOP, "links");
	is_refused(at("dead"), false, ENOENT, "No such file");
	if (getuid() != 0)
		return;
	assert_int_equal(lchown(at("folder"), OTHER, OTHER), 0);
	is_refused(at("folder/f"), false, EPERM, "another user's");
	assert_int_equal(lchown(at("file"), OTHER, OTHER), 0);
	is_refused(at("file"), false, EPERM, "another user's");
}

static void
what_is_no_file(void **state)
{
	char	lengthy[5000];

	(void)state;
	assert_int_equal(mkfifo(at("fifo"), 0600), 0);
	is_refused(at("fifo"), false, EINVAL, "not a file");
	is_refused(dir, false, EISDIR, "Is a directory");
	is_refused("/", false, EISDIR, "Is a directory");
	is_refused("/dev/null", false, EINVAL, "not a file");
	is_refused("", false, ENOENT, "No such file");
	put("f", 0600, "x\n");
	is_refused(at("f/"), false, ENOTDIR, "Not a directory");
	is_refused(at("f/g"), false, ENOTDIR, "Not a directory");
	memset(lengthy, 'a', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	is_refused(lengthy, false, ENAMETOOLONG, "too long");
	lengthy[300] = '\0';
	is_refused(lengthy, false, ENAMETOOLONG, "too long");
}

static void
relative_paths(void **state)
{
	int	tree = open(".", O_RDONLY | O_DIRECTORY);

	(void)state;
	put("f", 0600, "x\n");
	assert_int_equal(chdir(dir), 0);
	is_read("f", true);
	is_read("./f", true);
	assert_int_equal(chmod(dir, 0777), 0);
	is_refused("f", true, EPERM, "others may write to folder");
	assert_int_equal(fchdir(tree), 0);
	close(tree);
}

static void
folders(void **state)
{
	int	fd;

	(void)state;
	assert_int_equal(mkdir(at("d"), 0700), 0);
	put("f", 0600, "x\n");
	fd = trust_folder(at("d"), why, sizeof(why));
	assert_int_not_equal(fd, -1);
	assert_int_equal(fsync(fd), 0);
	close(fd);
	assert_int_equal(chmod(at("d"), 01777), 0);
	assert_int_equal(trust_folder(at("d"), why, sizeof(why)), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(chmod(at("d"), 0755), 0);
	assert_int_equal(trust_folder(at("f"), why, sizeof(why)), -1);
	assert_int_equal(errno, ENOTDIR);
	if (getuid() == 0) {
		assert_int_equal(chown(at("d"), OTHER, OTHER), 0);
		assert_int_equal(trust_folder(at("d"), why, sizeof(why)), -1);
		assert_int_equal(errno, EPERM);
	}
}

/* A secret, in the file or by a macro, where others may read it. */
static void
secrets_of_a_configuration(void **state)
{
	static const char *const texts[] = {
		"network key \"0123456789abcdef\"",
		"network key 0123456789abcdef",
		"tls psk \"0123456789abcdef\"",
		"k = \"0123456789abcdef\"\ntls psk $k",
		"k = \"0123456789abcdef\"\nnetwork key $k",
		"include \"key\"",
		"include \"key\"\ninclude \"macro\"\nrouter name $k"
	};
	struct conf	*conf;
	char		 text[400];
	mode_t		 mode;
	size_t		 i;
	bool		 good;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (mode = 0600; mode <= 0644; mode += 04) {
			stub_log_clear();
			snprintf(text, sizeof(text), "%s\nlisten on * no tls\n",
			    texts[i]);
			put("conf", mode & 0640, text);
			put("key", 0600, "network key \"0123456789abcdef\"\n");
			put("macro", 0600, "k = \"0123456789abcdef\"\n");
			good = i >= 5 || (mode & 0640) == 0600;
			if ((conf = conf_parse(at("conf"))) == NULL) {
				if (good || strstr(stub_log_text(),
				    "chmod 600") == NULL)
					fail_msg("%s", stub_log_text());
			} else if (!good)
				fail_msg("%s: mode %o", texts[i], mode);
			if (strstr(stub_log_text(), "0123456789") != NULL)
				fail_msg("the log: %s", stub_log_text());
			conf_free(conf);
		}
	}
	/* One that others read may use the macro of one that they do not. */
	stub_log_clear();
	put("conf", 0644, "include \"macro\"\nnetwork key $k\n"
	    "listen on * no tls\n");
	if ((conf = conf_parse(at("conf"))) == NULL)
		fail_msg("%s", stub_log_text());
	conf_free(conf);
	put("macro", 0644, "k = \"0123456789abcdef\"\n");
	assert_null(conf_parse(at("conf")));
	assert_non_null(strstr(stub_log_text(), "/macro: chmod 600"));
	put("key", 0604, "network key \"0123456789abcdef\"\n");
	put("conf", 0644, "include \"key\"\nlisten on * no tls\n");
	assert_null(conf_parse(at("conf")));
	assert_non_null(strstr(stub_log_text(), "/key: chmod 600"));
	/* Nor is one included that others write. */
	put("key", 0620, "network key \"0123456789abcdef\"\n");
	assert_null(conf_parse(at("conf")));
	assert_non_null(strstr(stub_log_text(), "include key: others than"));
}

static void
keys_in_files(void **state)
{
	struct conf	*conf;
	char		 text[500];
	mode_t		 modes[] = { 0600, 0400, 0640, 0604, 0644, 0620 };
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		stub_log_clear();
		snprintf(text, sizeof(text), "listen on *\n"
		    "tls psk \"file:%s\"\n", at("psk"));
		put("conf", 0644, text);
		put("psk", modes[i], "0123456789abcdef\n");
		assert_non_null(conf = conf_parse(at("conf")));
		assert_int_equal(secret_load(conf, false), i < 2 ? 0 : -1);
		conf_free(conf);

		/* Certificates are public, but nobody else's to write. */
		snprintf(text, sizeof(text), "listen on *\n"
		    "tls ca \"%s\" cert \"%s\" key \"%s\"\n", at("ca"),
		    at("cert"), at("key"));
		put("conf", 0644, text);
		put("ca", 0644, "x\n");
		put("cert", 0644, "x\n");
		put("key", modes[i], "x\n");
		assert_non_null(conf = conf_parse(at("conf")));
		assert_int_equal(secret_load(conf, false), i < 2 ? 0 : -1);
		conf_free(conf);
		put("key", 0600, "x\n");
		put("ca", modes[i], "x\n");
		assert_non_null(conf = conf_parse(at("conf")));
		assert_int_equal(secret_load(conf, false), i < 5 ? 0 : -1);
		conf_free(conf);
	}
}

static void
take_note(void *arg, int folder)
{
	struct stat	st;
	int		*n = arg;

	assert_int_equal(fstat(folder, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	++*n;
}

/* The last test: from there on all is settled. */
static void
other_folders_need_a_restart(void **state)
{
	int	n = 0;

	(void)state;
	assert_int_equal(mkdir(at("d"), 0755), 0);
	assert_int_equal(mkdir(at("d/e"), 0755), 0);
	assert_int_equal(mkdir(at("g"), 0755), 0);
	put("d/f", 0600, "x\n");
	put("d/e/f", 0600, "x\n");
	put("g/f", 0600, "x\n");
	assert_int_equal(symlink("../g/f", at("d/link")), 0);
	assert_int_equal(symlink("../d/f", at("g/link")), 0);
	is_read(at("d/f"), true);
	trust_settle(take_note, &n);
	assert_in_range(n, 1, 63);
	is_read(at("d/f"), true);
	is_read(at("d/e/f"), true);
	is_read(at("g/link"), true);
	is_refused(at("g/f"), true, EXDEV, "a change needs a restart");
	is_refused(at("d/../g/f"), true, EXDEV, "a change needs a restart");
	is_refused(at("d/link"), true, EXDEV, "a change needs a restart");
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		TEST(modes_of_a_file),
		TEST(modes_of_a_folder),
		TEST(other_owners),
		TEST(the_caller_may_use_its_own),
		TEST(links),
		TEST(what_is_no_file),
		TEST(relative_paths),
		TEST(folders),
		TEST(secrets_of_a_configuration),
		TEST(keys_in_files),
		TEST(other_folders_need_a_restart),
	};

	return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
