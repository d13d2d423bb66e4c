//! What the server makes is for its own user, and it tells when it is not.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::support::Site;

fn all_below(path: &Path, found: &mut Vec<PathBuf>) {
    found.push(path.to_owned());
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a directory") {
            all_below(&entry.expect("an entry").path(), found);
        }
    }
}

#[actix_web::test]
async fn files_are_for_the_servers_user_only_and_wider_ones_are_told() {
    let site = Site::new();
    let server = site.start().await;
    let mut found = Vec::new();
    all_below(&site.path("data"), &mut found);
    for name in ["nextcrm.db", "nextcrm.db-wal", "nextcrm.db-shm", "dev-secrets.env"] {
        assert!(found.contains(&site.path("data").join(name)), "{name} in {found:?}");
    }
    for path in found {
        let mode = fs::metadata(&path).expect("is there").permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    assert!(!server.complaints().contains("other users"), "{}", server.complaints());
    assert_eq!(server.terminate().await.code(), Some(0));
    let doctor = site.run(&["doctor"]).await;
    assert!(!doctor.stdout.contains("permissions"), "{}", doctor.stdout);

    fs::set_permissions(site.path("data/nextcrm.db"), fs::Permissions::from_mode(0o644)).expect("sets");
    let doctor = site.run(&["doctor"]).await;
    assert!(doctor.stdout.contains("note   permissions: data/nextcrm.db (1 in all)"), "{}", doctor.stdout);
    let server = site.start().await;
    assert!(server.complaints().contains("can be read or written by other users"), "{}", server.complaints());
    assert_eq!(server.terminate().await.code(), Some(0));
}

#[actix_web::test]
async fn a_password_with_a_dollar_comes_through_an_env_file_as_it_is() {
    let site = Site::new();
    fs::write(site.path(".env"), "METRICS_TOKEN=a$PATH$b\n").expect("writes");
    let server = site.start().await;
    assert_eq!(server.get("/metrics").bearer("a$PATH$b").send().await.status, 200);
    assert_eq!(server.get("/metrics").bearer("a").send().await.status, 401);
    assert_eq!(server.terminate().await.code(), Some(0));
}

#[actix_web::test]
async fn doctor_warns_of_a_database_elsewhere_without_encryption() {
    let site = Site::new().with("APP_ENV", "production").with("PUBLIC_URL", "https://api.example.com");
    let site = site.with("APP_URL", "https://app.example.com").with("MAILER", "smtp");
    let site = site.with("SMTP_URL", "smtps://127.0.0.1:1").with("MAIL_FROM_EMAIL", "no-reply@example.com");
    let site = site.with("JWT_SECRET", "ey/ss8brOKDmeIw+kgLGCwnNkvbYrq1PiRWWQsXVosM=");
    let site = site.with("REFRESH_TOKEN_SECRET", "xWNKXkbK9N2XRVXDmsLvNkdfvxS3sTYBW24mFEXhffg=");
    let mut site = site.with("ENCRYPTION_KEYS", "k1:VMFaZRB45trcRnaiNxEfZXaU6zuF4rWVLXe++bBnIXM=");
    for (url, warned) in [
        ("postgres://crm:x@db.invalid/crm", true),
        ("postgres://crm:x@db.invalid/crm?sslmode=verify-full", false),
        ("postgres://crm:x@127.0.0.1:1/crm", false),
    ] {
        site.set("DATABASE_URL", url);
        let doctor = site.run(&["doctor"]).await;
        assert_eq!(doctor.stdout.contains("may go unencrypted"), warned, "{url}\n{}", doctor.stdout);
    }
}
