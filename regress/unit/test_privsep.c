/* SPDX-License-Identifier: ISC */
/* As whom each child runs, by the users that there are. */
#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parent/privsep.h"
#include "stub_log.h"

struct passwd	*__wrap_getpwnam(const char *);

/* The machine's users, by their names; the last is NULL. */
static const struct known {
	const char	*name;
	uid_t		 uid;
} *known;
static const char	*broken;	/* one whose look-up fails */

struct passwd *
__wrap_getpwnam(const char *name)
{
	static struct passwd pw;
	const struct known *k;

	errno = 0;
	if (broken != NULL && strcmp(name, broken) == 0) {
		errno = EIO;
		return NULL;
	}
	for (k = known; k->name != NULL; k++) {
		if (strcmp(k->name, name) != 0)
			continue;
		pw.pw_uid = k->uid;
		return &pw;
	}
	return NULL;
}

static const struct known one[] = { { "_x", 100 }, { NULL, 0 } };
static const struct known each[] = {
	{ "_x", 100 }, { "_x_engine", 101 }, { "_x_frontend", 102 },
	{ "_x_resolver", 103 }, { "_x_signer", 104 }, { NULL, 0 }
};
static const struct known some[] = {
	{ "_x", 100 }, { "_x_signer", 104 }, { NULL, 0 }
};
static const struct known root[] = {
	{ "_x", 100 }, { "_x_frontend", 0 }, { NULL, 0 }
};
static const struct known no_base[] = { { "_x_engine", 101 }, { NULL, 0 } };
static const struct known toor[] = { { "_x", 0 }, { NULL, 0 } };

static int
setup(void **state)
{
	(void)state;
	broken = NULL;
	stub_log_clear();
	return 0;
}

static void
all(const char *engine, const char *frontend, const char *resolver,
    const char *signer)
{
	assert_int_equal(privsep_users("_x"), 0);
	assert_string_equal(stub_log_text(), "");
	assert_string_equal(privsep_user(PROC_ENGINE), engine);
	assert_string_equal(privsep_user(PROC_EXAMINER), engine);
	assert_string_equal(privsep_user(PROC_FRONTEND), frontend);
	assert_string_equal(privsep_user(PROC_RESOLVER), resolver);
	assert_string_equal(privsep_user(PROC_SIGNER), signer);
}

static void
each_has_its_own_or_that_of_all(void **state)
{
	(void)state;
	known = one;
	all("_x", "_x", "_x", "_x");
	known = each;
	all("_x_engine", "_x_frontend", "_x_resolver", "_x_signer");
	known = some;
	all("_x", "_x", "_x", "_x_signer");
}

static void
fails(const char *word)
{
	assert_int_equal(privsep_users("_x"), -1);
	if (strstr(stub_log_text(), word) == NULL)
		fail_msg("said: %s", stub_log_text());
	stub_log_clear();
}

static void
a_wrong_one_is_refused(void **state)
{
	(void)state;
	known = root;
	fails("user _x_frontend: is root");
	known = toor;
	fails("user _x: is root");
	known = no_base;
	fails("user _x: does not exist");
	/* Not taken for missing: it would run as another one. */
	known = each;
	broken = "_x_resolver";
	fails("user _x_resolver");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_has_its_own_or_that_of_all, setup),
		cmocka_unit_test_setup(a_wrong_one_is_refused, setup),
	};

	return cmocka_run_group_tests_name("privsep", tests, NULL, NULL);
}
