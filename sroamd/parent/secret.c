/* SPDX-License-Identifier: ISC */
/* Reads keys and certificates from their files. */
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/nomem.h"
#include "conf/value.h"
#include "parent/secret.h"
#include "parent/trust.h"

struct loader {
	struct conf	*conf;
	bool		 denied;	/* at least one of them */
};

static int	 load_psk(struct loader *, const char *);
static int	 load_file(struct loader *, uint32_t, const char *,
		    const char *);
static char	*read_file(struct loader *, const char *, const char *, bool,
		    size_t *);

int
secret_load(struct conf *conf, bool lenient)
{
	const struct conf_tls	*tls = &conf->tls;
	struct loader		 l = { conf, false };
	uint32_t		 i;
	int			 rc = 0;

	for (i = 0; i < tls->npsks; i++)
		if (load_psk(&l, tls->psks[i]) == -1)
			rc = -1;
	if (conf->global.tls == CONF_TLS_CERT &&
	    (load_file(&l, SECRET_CA, "tls ca", tls->ca) == -1 ||
	    load_file(&l, SECRET_CERT, "cert", tls->cert) == -1 ||
	    load_file(&l, SECRET_KEY, "key", tls->key) == -1))
		rc = -1;
	return l.denied && lenient ? 1 : rc;
}

static int
load_psk(struct loader *l, const char *text)
{
	char	*data;
	char	 why[CONF_WHY];
	size_t	 len;
	int	 rc = -1;

	errno = 0;
	if (strncmp(text, "file:", 5) != 0)
		return conf_add_secret(l->conf, SECRET_PSK, 0, text,
		    strlen(text));
	if ((data = read_file(l, "tls psk", text + 5, true, &len)) == NULL)
		return -1;
	/* Editors append a newline. */
	while (len > 0 && (data[len - 1] == '\n' || data[len - 1] == '\r'))
		len--;
	if (conf_value_secret(data, len, why) == -1)
		log_warnx("tls psk %s: %s", text, why);
	else
		rc = conf_add_secret(l->conf, SECRET_PSK, 0, data, len);
	if (rc == -1 && errno == ENOMEM)
		log_warnx("tls psk: no memory");
	freezero(data, len);
	return rc;
}

static int
load_file(struct loader *l, uint32_t kind, const char *what, const char *path)
{
	char	*data;
	size_t	 len;
	int	 rc;

	data = read_file(l, what, path, kind == SECRET_KEY, &len);
	if (data == NULL)
		return -1;
	rc = conf_add_secret(l->conf, kind, 0, data, len);
	if (rc == -1)
		log_warnx("%s %s: %s", what, path, errno == ENOMEM ?
		    "no memory" : "empty");
	freezero(data, len);
	return rc;
}

/* NULL: an error, which was logged. */
static char *
read_file(struct loader *l, const char *what, const char *path, bool secret,
    size_t *len)
{
	char		 why[CONF_WHY], *data = NULL;
	struct stat	 st;
	ssize_t		 n;
	int		 fd;

	*len = 0;
	fd = trust_open(path, secret, why, sizeof(why));
	if (fd == -1) {
		l->denied |= errno == EACCES;
		log_warnx("%s %s: %s", what, path, why);
		return NULL;
	}
	if (fstat(fd, &st) == 0 && st.st_size > CONF_SECRET_MAX) {
		log_warnx("%s %s: too long", what, path);
		goto done;
	}
	if ((data = malloc(CONF_SECRET_MAX)) == NULL) {
		nomem("a secret");
		log_warnx("%s %s: no memory", what, path);
		goto done;
	}
	while (*len < CONF_SECRET_MAX &&
	    (n = read(fd, data + *len, CONF_SECRET_MAX - *len)) > 0)
		*len += n;
 done:
	close(fd);
	return data;
}
