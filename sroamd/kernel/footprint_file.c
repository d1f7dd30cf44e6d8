/* SPDX-License-Identifier: ISC */
/* The file of a footprint: footprint_file.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "kernel/footprint_file.h"

#define FILE_NAME	"kernel"
#define PATH_SIZE	(CONF_PATH + 16)
#define LINE_SIZE	256
#define BOOT_SIZE	40

static void	boot_id(char *, size_t);
static int	take_line(const char *, struct footprint *);
static int	take_address(const char *, const char *, struct footprint *);
static int	take_mac(const char *, const char *, const char *,
		    struct footprint *);
static void	put(FILE *, const struct footprint *);

void
footprint_read(const char *dir, struct footprint *fp)
{
	char path[PATH_SIZE], line[LINE_SIZE], boot[BOOT_SIZE];
	unsigned int bad = 0;
	bool now = false;
	FILE *f;

	memset(fp, 0, sizeof(*fp));
	snprintf(path, sizeof(path), "%s/" FILE_NAME, dir);
	if (dir[0] == '\0' || (f = fopen(path, "re")) == NULL)
		return;
	boot_id(boot, sizeof(boot));
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "boot ", 5) == 0)
			now = strncmp(line + 5, boot, strlen(boot)) == 0;
		else
			bad += take_line(line, fp) == -1;
	fclose(f);
	if (bad > 0)
		log_warnx("%s: %u lines make no sense", path, bad);
	/* After a reboot nothing is set any more. */
	if (fp->table == 0 || !now)
		memset(fp, 0, sizeof(*fp));
}

static void
boot_id(char *id, size_t size)
{
	FILE *f;

	id[0] = '\0';
	if ((f = fopen("/proc/sys/kernel/random/boot_id", "re")) == NULL)
		return;
	if (fgets(id, (int)size, f) != NULL)
		id[strcspn(id, "\n")] = '\0';
	fclose(f);
}

static int
take_line(const char *line, struct footprint *fp)
{
	char word[3][64];
	struct prefix p;
	unsigned int table;

	if (sscanf(line, "table %u", &table) == 1) {
		fp->table = table;
		return 0;
	}
	if (sscanf(line, "vrf %u", &table) == 1) {
		if (fp->nvrfs == CONF_NETWORKS)
			return -1;
		fp->vrfs[fp->nvrfs++] = table;
		return 0;
	}
	if (sscanf(line, "prefix %63s", word[0]) == 1) {
		if (fp->nprefixes == FOOTPRINT_PREFIXES ||
		    prefix_parse(word[0], &p) == -1)
			return -1;
		fp->prefixes[fp->nprefixes++] = p;
		return 0;
	}
	if (sscanf(line, "address %15s %63s", word[0], word[1]) == 2)
		return take_address(word[0], word[1], fp);
	if (sscanf(line, "lladdr %15s %63s was %63s", word[0], word[1],
	    word[2]) == 3)
		return take_mac(word[0], word[1], word[2], fp);
	return -1;
}

static int
take_address(const char *ifname, const char *text, struct footprint *fp)
{
	struct footprint_addr a = { 0 };
	char addr[64], *slash;
	unsigned int len;

	if (fp->naddrs == FOOTPRINT_ADDRS)
		return -1;
	strlcpy(addr, text, sizeof(addr));
	if ((slash = strchr(addr, '/')) == NULL ||
	    sscanf(slash, "/%u", &len) != 1)
		return -1;
	*slash = '\0';
	if (addr_parse(addr, &a.addr.addr) == -1 || len > 128)
		return -1;
	len += addr_is_v4(&a.addr.addr) ? V4_PLEN : 0;
	if (len > 128)
		return -1;
	a.addr.len = (uint8_t)len;
	strlcpy(a.ifname, ifname, sizeof(a.ifname));
	fp->addrs[fp->naddrs++] = a;
	return 0;
}

static int
take_mac(const char *ifname, const char *set, const char *was,
    struct footprint *fp)
{
	struct footprint_mac m = { 0 };

	if (fp->nmacs == CONF_IFACES || mac_parse(set, &m.set) == -1 ||
	    mac_parse(was, &m.was) == -1)
		return -1;
	strlcpy(m.ifname, ifname, sizeof(m.ifname));
	fp->macs[fp->nmacs++] = m;
	return 0;
}

int
footprint_write(const char *dir, const struct footprint *fp)
{
	char path[PATH_SIZE], tmp[PATH_SIZE + 8];
	int fd, error;
	FILE *f;

	if (dir[0] == '\0')
		return 0;
	snprintf(path, sizeof(path), "%s/" FILE_NAME, dir);
	if (fp->table == 0)
		return unlink(path) == -1 && errno != ENOENT ? -1 : 0;
	snprintf(tmp, sizeof(tmp), "%s.new", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd == -1)
		return -1;
	if ((f = fdopen(fd, "w")) == NULL) {
		close(fd);
		return -1;
	}
	put(f, fp);
	if (fflush(f) == EOF || rename(tmp, path) == -1) {
		error = errno;
		fclose(f);
		unlink(tmp);
		errno = error;
		return -1;
	}
	fclose(f);
	return 0;
}

static void
put(FILE *f, const struct footprint *fp)
{
	const struct prefix *p;
	char boot[BOOT_SIZE];
	uint32_t i;

	boot_id(boot, sizeof(boot));
	fprintf(f, "boot %s\n", boot);
	fprintf(f, "table %u\n", fp->table);
	for (i = 0; i < fp->nvrfs; i++)
		fprintf(f, "vrf %u\n", fp->vrfs[i]);
	for (i = 0; i < fp->nprefixes; i++)
		fprintf(f, "prefix %s\n", prefix_text(&fp->prefixes[i]));
	for (i = 0; i < fp->naddrs; i++) {
		p = &fp->addrs[i].addr;
		fprintf(f, "address %s %s/%d\n", fp->addrs[i].ifname,
		    addr_text(&p->addr), p->len -
		    (addr_is_v4(&p->addr) ? V4_PLEN : 0));
	}
	for (i = 0; i < fp->nmacs; i++) {
		fprintf(f, "lladdr %s %s ", fp->macs[i].ifname,
		    mac_text(&fp->macs[i].set));
		fprintf(f, "was %s\n", mac_text(&fp->macs[i].was));
	}
}
