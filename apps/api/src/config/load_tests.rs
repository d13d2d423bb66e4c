use super::*;

const A: &str = "ey/ss8brOKDmeIw+kgLGCwnNkvbYrq1PiRWWQsXVosM=";
const B: &str = "xWNKXkbK9N2XRVXDmsLvNkdfvxS3sTYBW24mFEXhffg=";
const C: &str = "VMFaZRB45trcRnaiNxEfZXaU6zuF4rWVLXe++bBnIXM=";

fn variables(more: &[(&str, &str)]) -> Variables {
    let keys = format!("k1:{C}");
    let mut all = vec![("JWT_SECRET", A), ("REFRESH_TOKEN_SECRET", B), ("ENCRYPTION_KEYS", &keys)];
    all.extend_from_slice(more);
    all.into_iter().collect()
}

fn wrong(more: &[(&str, &str)]) -> Vec<String> {
    let problems = Config::load(&variables(more)).expect_err("wrong");
    problems.0.into_iter().map(|problem| problem.variable).collect()
}

const PRODUCTION: [(&str, &str); 6] = [
    ("APP_ENV", "production"),
    ("PUBLIC_URL", "https://api.example.com"),
    ("APP_URL", "https://app.example.com/"),
    ("MAILER", "smtp"),
    ("SMTP_URL", "smtps://crm:hunter2@mail.example.com:465"),
    ("MAIL_FROM_EMAIL", "no-reply@example.com"),
];

/// What is wrong with production's variables when `more` stand in place of some; an empty one is not set.
fn wrong_in_production(more: &[(&str, &str)]) -> Vec<String> {
    wrong(&[&PRODUCTION[..], more].concat())
}

#[test]
fn development_needs_nothing_but_secrets() {
    let config = Config::load(&variables(&[])).expect("fine");
    assert_eq!(config.environment, Environment::Development);
    assert_eq!(config.bind_addr.to_string(), "127.0.0.1:8080");
    assert!(config.demo_data);
    assert_eq!(config.public_url, "http://127.0.0.1:8080");
}

#[test]
fn production_takes_good_values() {
    let config = Config::load(&variables(&PRODUCTION)).expect("fine");
    assert!(!config.demo_data);
    assert_eq!((config.app_url.as_str(), config.log_format), ("https://app.example.com", LogFormat::Json));
    assert!(config.http.cors_origins.is_empty());
}

#[test]
fn all_problems_are_told_at_once_with_name_and_example() {
    let more = [("BIND_ADDR", "8080"), ("LOG_FORMAT", "xml"), ("BODY_LIMIT_BYTES", "1MB"), ("TRUSTED_PROXIES", "lan")];
    let problems = Config::load(&variables(&more)).expect_err("wrong").to_string();
    for name in ["BIND_ADDR", "LOG_FORMAT", "BODY_LIMIT_BYTES", "TRUSTED_PROXIES"] {
        assert!(problems.contains(&format!("  {name} ")), "{problems}");
        assert!(problems.contains(&format!("for example: {name}=")), "{problems}");
    }
}

#[test]
fn production_refuses_weak_missing_and_equal_secrets() {
    let short = "c2hvcnQ=";
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let words = "Y2hhbmdlLW1lLWNoYW5nZS1tZS1jaGFuZ2UtbWUtY2hhbmdlLW1l";
    for bad in [short, zeros, words, "no base64!", ""] {
        assert_eq!(wrong_in_production(&[("JWT_SECRET", bad)]), ["JWT_SECRET"], "{bad}");
    }
    assert_eq!(wrong_in_production(&[("REFRESH_TOKEN_SECRET", A)]), ["REFRESH_TOKEN_SECRET"]);
    assert_eq!(wrong_in_production(&[("ENCRYPTION_KEYS", &format!("k1:{A}"))]), ["ENCRYPTION_KEYS"]);
    // Both that the key is short and that production needs a better one are told.
    let problems = wrong_in_production(&[("ENCRYPTION_KEYS", "k1:AAAA")]);
    assert!(!problems.is_empty() && problems.iter().all(|name| name == "ENCRYPTION_KEYS"), "{problems:?}");
}

#[test]
fn each_missing_secret_is_told_once() {
    let bare = [("APP_ENV", "production"), ("PUBLIC_URL", "https://a.example"), ("APP_URL", "https://b.example")];
    let problems = Config::load(&bare.into_iter().collect::<Variables>()).expect_err("wrong").to_string();
    for name in ["JWT_SECRET", "REFRESH_TOKEN_SECRET", "ENCRYPTION_KEYS"] {
        assert!(problems.contains(&format!("{name} is missing")), "{problems}");
    }
    assert!(!problems.contains("is the same as"), "{problems}");
}

#[test]
fn production_refuses_what_is_unsafe() {
    assert_eq!(wrong_in_production(&[("PUBLIC_URL", "http://api.example.com")]), ["PUBLIC_URL"]);
    assert_eq!(wrong_in_production(&[("APP_URL", "")]), ["APP_URL"]);
    assert_eq!(wrong_in_production(&[("CORS_ORIGINS", "*")]), ["CORS_ORIGINS"]);
    assert_eq!(wrong_in_production(&[("CORS_ORIGINS", "https://a.example.com/path")]), ["CORS_ORIGINS"]);
    assert_eq!(wrong_in_production(&[("DATABASE_URL", "sqlite::memory:")]), ["DATABASE_URL"]);
    assert_eq!(wrong_in_production(&[("DATABASE_URL", "mysql://x")]), ["DATABASE_URL"]);
    assert_eq!(wrong_in_production(&[("DEMO_DATA", "true")]), ["DEMO_DATA"]);
}

#[test]
fn production_needs_somebody_to_carry_mail() {
    assert_eq!(wrong_in_production(&[("MAILER", "")]), ["MAILER"]);
    assert_eq!(wrong_in_production(&[("MAILER", "capture")]), ["MAILER"]);
    assert_eq!(wrong_in_production(&[("MAILER", "pigeon")]), ["MAILER"]);
    assert_eq!(wrong_in_production(&[("MAIL_FROM_EMAIL", "")]), ["MAIL_FROM_EMAIL"]);
    for from in
        ["NextCRM", "NextCRM <a@b.co", "a@b.co>", "NextCRM <a@b.co> x", "Next\u{202e} <a@b.co>", "a@b.co, c@d.co"]
    {
        assert_eq!(wrong_in_production(&[("MAIL_FROM_EMAIL", from)]), ["MAIL_FROM_EMAIL"], "{from}");
    }
    for url in ["", "mail.example.com", "https://mail.example.com", "smtp://mail.example.com:25"] {
        assert_eq!(wrong_in_production(&[("SMTP_URL", url)]), ["SMTP_URL"], "{url}");
    }
    let resend = [("MAILER", "resend"), ("RESEND_API_KEY", "re_1"), ("RESEND_FROM_EMAIL", "no-reply@example.com")];
    assert!(Config::load(&variables(&[&PRODUCTION[..], &resend].concat())).is_ok());
    let with = |name: &'static str, value: &'static str| wrong_in_production(&[&resend[..], &[(name, value)]].concat());
    assert_eq!(with("RESEND_API_KEY", ""), ["RESEND_API_KEY"]);
    assert_eq!(with("RESEND_FROM_EMAIL", ""), ["RESEND_FROM_EMAIL"]);
    assert_eq!(with("RESEND_API_URL", "http://resend.test"), ["RESEND_API_URL"]);
    assert_eq!(with("RESEND_WEBHOOK_SECRET", "secret"), ["RESEND_WEBHOOK_SECRET"]);
}

#[test]
fn nobody_trusts_everybody() {
    let all = [
        "0.0.0.0/0",
        "::/0",
        "10.0.0.0/8,0.0.0.0/0",
        "0.0.0.0/1,128.0.0.0/1",
        "::/1,8000::/1",
        "0.0.0.0/2,64.0.0.0/2,128.0.0.0/2,192.0.0.0/2",
        "128.0.0.0/1,0.0.0.0/2,64.0.0.0/2,127.0.0.1",
    ];
    for all in all {
        assert_eq!(wrong_in_production(&[("TRUSTED_PROXIES", all)]), ["TRUSTED_PROXIES"], "{all}");
        assert!(Config::load(&variables(&[("TRUSTED_PROXIES", all)])).is_ok(), "{all}");
    }
    let some = [&PRODUCTION[..], &[("TRUSTED_PROXIES", "0.0.0.0/1,10.0.0.0/8,fd00::/8")]].concat();
    assert!(Config::load(&variables(&some)).is_ok());
}

#[test]
fn a_network_that_would_hold_nobody_is_refused() {
    for name in ["TRUSTED_PROXIES", "OUTBOUND_ALLOWED_NETWORKS"] {
        for mapped in ["::ffff:10.0.0.0/104", "::ffff:127.0.0.1"] {
            assert_eq!(wrong(&[(name, mapped)]), [name], "{mapped}");
        }
    }
}

#[test]
fn one_header_names_the_client() {
    let read =
        |text: &str| Config::load(&variables(&[("CLIENT_IP_HEADER", text)])).expect("fine").http.client_ip_header;
    assert_eq!(read(""), ClientIpHeader::XForwardedFor);
    assert_eq!(read("X-Forwarded-For"), ClientIpHeader::XForwardedFor);
    assert_eq!(read("forwarded"), ClientIpHeader::Forwarded);
    assert_eq!(wrong(&[("CLIENT_IP_HEADER", "x-real-ip")]), ["CLIENT_IP_HEADER"]);
}

#[test]
fn development_listens_to_its_own_machine_alone() {
    for remote in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080", "[::ffff:192.0.2.1]:8080"] {
        assert_eq!(wrong(&[("BIND_ADDR", remote)]), ["BIND_ADDR"], "{remote}");
        assert!(Config::load(&variables(&[("BIND_ADDR", remote), ("DEV_ALLOW_REMOTE", "true")])).is_ok(), "{remote}");
        assert!(Config::load(&variables(&[("BIND_ADDR", remote), ("APP_ENV", "test")])).is_ok(), "{remote}");
        let production = [&PRODUCTION[..], &[("BIND_ADDR", remote)]].concat();
        assert!(Config::load(&variables(&production)).is_ok(), "{remote}");
    }
    for local in ["127.0.0.1:1", "127.8.8.8:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        assert!(Config::load(&variables(&[("BIND_ADDR", local)])).is_ok(), "{local}");
    }
    let refused = Config::load(&variables(&[("BIND_ADDR", "0.0.0.0:8080")])).expect_err("remote").to_string();
    assert!(refused.contains("DEV_ALLOW_REMOTE=true") && refused.contains("/dev/mailbox"), "{refused}");
    assert_eq!(wrong(&[("DEV_ALLOW_REMOTE", "yes")]), ["DEV_ALLOW_REMOTE"]);
}

#[test]
fn mail_comes_from_an_address_with_or_without_a_name() {
    let resend = [("MAILER", "resend"), ("RESEND_API_KEY", "re_1")];
    let from = |name, text| {
        let more = if name == "RESEND_FROM_EMAIL" { &resend[..] } else { &PRODUCTION[3..5] };
        let brand = Config::load(&variables(&[more, &[(name, text)]].concat())).expect("fine").mail.brand;
        (brand.sender_name, brand.sender.to_string())
    };
    for name in ["MAIL_FROM_EMAIL", "RESEND_FROM_EMAIL"] {
        let address = || "no-reply@a.example".to_owned();
        assert_eq!(from(name, "no-reply@a.example"), (None, address()));
        assert_eq!(from(name, "<no-reply@a.example>"), (None, address()));
        assert_eq!(from(name, "Wrench CRM <no-reply@a.example>"), (Some("Wrench CRM".to_owned()), address()));
        assert_eq!(from(name, "\"Jo, Bo & Co\" <no-reply@a.example>"), (Some("Jo, Bo & Co".to_owned()), address()));
    }
}

#[test]
fn a_brand_is_checked() {
    assert_eq!(wrong(&[("BRAND_COLOR", "yellow")]), ["BRAND_COLOR"]);
    assert_eq!(wrong(&[("BRAND_COLOR", "#ffff00")]), ["BRAND_COLOR"]);
    assert_eq!(wrong(&[("BRAND_LOGO_URL", "logo.png")]), ["BRAND_LOGO_URL"]);
    assert_eq!(wrong(&[("MAIL_RATE_PER_SECOND", "0")]), ["MAIL_RATE_PER_SECOND"]);
    let brand = [("BRAND_NAME", "WrenchCRM"), ("BRAND_COLOR", "#7C2D12"), ("SUPPORT_EMAIL", "help@wrench.test")];
    let brand = Config::load(&variables(&brand)).expect("fine").mail.brand;
    assert_eq!((brand.name.as_str(), brand.color.as_str()), ("WrenchCRM", "#7c2d12"));
    assert_eq!(brand.support.as_str(), "help@wrench.test");
}

#[test]
fn secrets_do_not_show() {
    let more = [("DATABASE_URL", "postgres://u:hunter2@h/d"), ("MAILER", "smtp"), ("SMTP_URL", "smtp://u:hunter2@h")];
    let config = Config::load(&variables(&more)).expect("fine");
    let text = format!("{config:?}");
    assert!(!text.contains(A) && !text.contains("hunter2"), "{text}");
}

#[test]
fn development_secrets_are_drawn_once_and_kept_private() {
    let directory = tempfile::tempdir().expect("a directory");
    let start = || {
        let variables = [("DATA_DIR", directory.path().to_str().expect("a path"))].into_iter().collect();
        ensure_dev_secrets(variables, &kernel::OsEntropy).expect("fine")
    };
    let (first, second) = (start(), start());
    assert!(Config::load(&first).is_ok());
    assert_eq!(first.get("JWT_SECRET"), second.get("JWT_SECRET"));
    let metadata = std::fs::metadata(dev_secrets_file(directory.path())).expect("a file");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600);
}

#[test]
fn servers_that_start_together_have_the_same_development_secrets() {
    for _ in 0..20 {
        let directory = tempfile::tempdir().expect("a directory");
        let start = || {
            let variables = [("DATA_DIR", directory.path().to_str().expect("a path"))].into_iter().collect();
            ensure_dev_secrets(variables, &kernel::OsEntropy).expect("fine").get("JWT_SECRET").map(str::to_owned)
        };
        let started = std::thread::scope(|scope| {
            let servers: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            servers.into_iter().map(|server| server.join().expect("starts")).collect::<Vec<_>>()
        });
        assert!(started.iter().all(|secret| secret.is_some() && *secret == started[0]), "{started:?}");
    }
}

#[test]
fn the_image_starts_in_production_mode() {
    let image = include_str!("../../../../Dockerfile");
    let variables: Vec<&str> = image.lines().filter_map(|line| line.strip_prefix("ENV ")).collect();
    assert!(variables.iter().any(|line| line.split(' ').any(|it| it == "APP_ENV=production")), "{variables:?}");
}

#[test]
fn no_secret_serves_two_purposes() {
    for (name, key) in [("JWT_SECRET", A), ("REFRESH_TOKEN_SECRET", B), ("ENCRYPTION_KEYS", C)] {
        let unpadded = key.trim_end_matches('=');
        assert_eq!(wrong_in_production(&[("AUDIT_OLD_SECRETS", key)]), ["AUDIT_OLD_SECRETS"], "{name}");
        for token in [key, unpadded] {
            assert_eq!(wrong_in_production(&[("METRICS_TOKEN", token)]), ["METRICS_TOKEN"], "{name}");
        }
        let webhook = format!("whsec_{key}");
        assert_eq!(wrong_in_production(&[("RESEND_WEBHOOK_SECRET", &webhook)]), ["RESEND_WEBHOOK_SECRET"], "{name}");
    }
    let token = [("METRICS_TOKEN", "a metrics token, and not base64")];
    assert!(Config::load(&variables(&[&PRODUCTION[..], &token].concat())).is_ok());
}

#[test]
fn an_env_file_is_taken_as_it_is_written() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join(".env");
    let lines = [
        ("A=pa$HOME$$word${PATH}", "pa$HOME$$word${PATH}"),
        ("B=\"pa$HOME word\"", "pa$HOME word"),
        ("C='pa$HOME word'", "pa$HOME word"),
        ("D=pa\\$HOME", "pa$HOME"),
        ("E=\"pa\\\\$HOME\"", "pa\\$HOME"),
        ("F=a$A # a comment, don't mind $it", "a$A"),
        ("export G=$", "$"),
    ];
    let text: Vec<_> = lines.iter().map(|(line, _)| *line).collect();
    std::fs::write(&file, text.join("\n")).expect("writes");
    let variables = Variables::from_file(&file).expect("reads");
    for (name, (line, value)) in ["A", "B", "C", "D", "E", "F", "G"].into_iter().zip(lines) {
        assert_eq!(variables.get(name), Some(value), "{line}");
    }
}

#[test]
fn networks_of_users_addresses_are_opened_by_name_and_never_this_host_in_production() {
    const NAME: &str = "OUTBOUND_ALLOWED_NETWORKS";
    for own in ["127.0.0.0/8", "10.0.0.0/8,::1", "169.254.169.254", "0.0.0.0/0", "fe80::/10"] {
        assert_eq!(wrong_in_production(&[(NAME, own)]), [NAME], "{own}");
        assert!(Config::load(&variables(&[(NAME, own)])).is_ok(), "{own}");
    }
    assert_eq!(wrong(&[(NAME, "lan")]), [NAME]);
    let some = [&PRODUCTION[..], &[(NAME, "10.20.0.0/16, fd00::/8"), ("OUTBOUND_RESOLVER", "10.20.0.53")]].concat();
    let outbound = Config::load(&variables(&some)).expect("fine").outbound;
    assert_eq!((outbound.rules.allowed_networks.len(), outbound.rules.allow_http), (2, false));
    assert_eq!(outbound.resolver, Some("10.20.0.53:53".parse().expect("an address")));
    assert!(Config::load(&variables(&[])).expect("fine").outbound.rules.allow_http);
}

#[test]
fn a_resolver_is_an_address() {
    for right in ["127.0.0.1:5353", "[::1]:53", "::1"] {
        assert!(Config::load(&variables(&[("OUTBOUND_RESOLVER", right)])).is_ok(), "{right}");
    }
    for not in ["dns.example.com", "127.0.0.1:", "127.0.0.1:99999"] {
        assert_eq!(wrong(&[("OUTBOUND_RESOLVER", not)]), ["OUTBOUND_RESOLVER"], "{not}");
    }
}

#[test]
fn capricorn_is_reached_as_told() {
    let config = Config::load(&variables(&[])).expect("fine").capricorn;
    assert!(config.api_url.is_none() && config.account.is_none());
    assert_eq!((config.timeout, config.sync_every), (Duration::from_secs(10), Some(Duration::from_secs(6 * 3600))));
    let url = ("CAPRICORN_API_URL", "https://parts.example.com/v2/");
    let some =
        [url, ("CAPRICORN_API_KEY", "cap_live_1"), ("CAPRICORN_CUSTOMER_ID", "N-1"), ("CAPRICORN_SYNC_HOURS", "0")];
    let config = Config::load(&variables(&some)).expect("fine").capricorn;
    assert_eq!(config.api_url.expect("an address").as_str(), "https://parts.example.com/v2");
    assert_eq!((config.account.expect("an account").customer_id.as_str(), config.sync_every), ("N-1", None));
    // Without a key it starts: calls are answered that nothing is configured.
    assert!(Config::load(&variables(&[url])).is_ok());
    assert_eq!(wrong(&[("CAPRICORN_API_KEY", "cap_live_1")]), ["CAPRICORN_CUSTOMER_ID"]);
    assert_eq!(wrong(&[("CAPRICORN_CUSTOMER_ID", "N-1")]), ["CAPRICORN_API_KEY"]);
    assert_eq!(wrong(&[("CAPRICORN_API_KEY", "cap\u{e9}"), ("CAPRICORN_CUSTOMER_ID", "N")]), ["CAPRICORN_API_KEY"]);
    for address in ["parts.example.com", "ftp://parts.example.com", "https://me:pw@parts.example.com", "https://a/?b=c"]
    {
        assert_eq!(wrong(&[("CAPRICORN_API_URL", address)]), ["CAPRICORN_API_URL"], "{address}");
    }
    let plain = ("CAPRICORN_API_URL", "http://parts.example.com");
    assert!(Config::load(&variables(&[plain])).is_ok());
    assert_eq!(wrong_in_production(&[plain]), ["CAPRICORN_API_URL"]);
    for name in ["CAPRICORN_TIMEOUT_MS", "CAPRICORN_POLL_SECS", "CAPRICORN_MAX_CONCURRENCY"] {
        assert_eq!(wrong(&[(name, "0")]), [name]);
    }
}
