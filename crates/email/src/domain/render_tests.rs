use kernel::{EmailAddress, input::Word as _};
use rstest::rstest;
use serde_json::Value;
use url::Url;

use super::*;
use crate::domain::{PasswordReset, Template, TrialExpiryWarning, samples};

const SECRET: &str = "s3cret-Token";

fn rendered(mail: &Mail) -> Rendered {
    render(mail, &samples::brand()).expect("rendered")
}

/// A mail in which every text that may be anything is `value`. So is the secret, but on one line: we make it.
fn mail_of(template: Template, value: &str) -> Mail {
    let mut variables = samples::variables(template).to_value().expect("an object");
    let names: Vec<String> = variables.as_object().expect("an object").keys().cloned().collect();
    for name in names {
        let mut tried = variables.clone();
        tried[&name] = Value::from(value);
        if Variables::from_value(template, tried.clone()).is_ok() {
            variables = tried;
        }
    }
    let variables = Variables::from_value(template, variables).expect("variables");
    assert!(format!("{variables:?}").contains(&format!("{value:?}")), "{template} has no free text");
    let secret: String = value.chars().filter(|c| !c.is_control()).collect();
    Mail { variables, secret: template.secret_variable().map(|_| secret.into()) }
}

fn golden(name: &str, mail: &Mail) {
    let Rendered { subject, html, text } = rendered(mail);
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, format!("Subject: {subject}\n\n{text}\n{html}"));
    });
}

fn staff_reset() -> Variables {
    let (tenant_name, subdomain) = (None, None);
    Variables::PasswordReset(PasswordReset { first_name: "Jo".into(), tenant_name, subdomain, valid_minutes: 60 })
}

fn trial(days_left: u32) -> Variables {
    let Variables::TrialExpiryWarning(sample) = samples::variables(Template::TrialExpiryWarning) else {
        panic!("another template's sample")
    };
    Variables::TrialExpiryWarning(TrialExpiryWarning { days_left, ..sample })
}

/// What is sent about a ticket that was opened for a bare address.
fn nameless(template: Template) -> Mail {
    let mut variables = samples::variables(template).to_value().expect("an object");
    let name = variables.as_object_mut().expect("an object").remove("firstName");
    assert_eq!(name, Some(Value::from("Jo")), "{template}");
    Mail { variables: Variables::from_value(template, variables).expect("variables"), secret: None }
}

#[test]
fn letters_read_as_they_did() {
    for &template in Template::ALL {
        golden(&template.as_str().to_ascii_lowercase(), &samples::mail(template));
    }
    golden("password_reset_of_staff", &Mail { variables: staff_reset(), secret: Some(samples::MASK.into()) });
    golden("ticket_confirmation_without_name", &nameless(Template::TicketConfirmation));
    golden("ticket_reply_without_name", &nameless(Template::TicketReply));
}

#[rstest]
#[case(Template::TicketConfirmation)]
#[case(Template::TicketReply)]
fn who_has_no_name_is_greeted_without_one(#[case] template: Template) {
    let (named, nameless) = (rendered(&samples::mail(template)), rendered(&nameless(template)));
    assert_eq!(nameless.subject, named.subject);
    assert_eq!(nameless.text, named.text.replacen("Hello Jo,\n", "Hello,\n", 1));
    assert_eq!(nameless.html, named.html.replacen(">Hello Jo,<", ">Hello,<", 1));
    assert_ne!(nameless, named);
}

#[test]
fn people_and_staff_are_led_to_their_own_side() {
    let page = |template| {
        let text = rendered(&samples::mail(template)).text;
        text.lines().find(|line| line.starts_with("https://")).map(str::to_owned).expect("a link")
    };
    assert_eq!(page(Template::TicketReply), page(Template::TicketConfirmation));
    assert_eq!(page(Template::TicketReply), "https://app.nextcrm.example/support/tickets/TKT-01JQ3W8Z5K7M");
    assert_eq!(page(Template::TicketAssigned), "https://app.nextcrm.example/admin/support/tickets/TKT-01JQ3W8Z5K7M");
}

#[rstest]
#[case(samples::variables(Template::AdminWelcome), "Welcome to NextCRM")]
#[case(samples::variables(Template::TenantWelcome), "You are invited to a workshop on NextCRM")]
#[case(samples::variables(Template::PasswordReset), "Reset your Jo's Garage password")]
#[case(staff_reset(), "Reset your NextCRM password")]
#[case(trial(7), "Your trial of NextCRM ends in 7 days")]
#[case(trial(1), "Your trial of NextCRM ends tomorrow")]
#[case(samples::variables(Template::PaymentFailed), "We could not collect your payment")]
#[case(samples::variables(Template::TicketConfirmation), "Ticket TKT-01JQ3W8Z5K7M: Brake pads arrive twice")]
#[case(samples::variables(Template::TicketReply), "Reply to ticket TKT-01JQ3W8Z5K7M: Brake pads arrive twice")]
#[case(samples::variables(Template::TicketAssigned), "Ticket TKT-01JQ3W8Z5K7M is yours now: Brake pads arrive twice")]
#[case(samples::variables(Template::TenantSuspended), "Jo's Garage is suspended")]
#[case(samples::variables(Template::Invoice), "Invoice INV-20260301-7K2M9Q from NextCRM")]
fn subjects_tell_what_it_is_about(#[case] variables: Variables, #[case] expected: &str) {
    assert_eq!(subject(&variables, &samples::brand()), expected);
}

#[test]
fn a_subject_is_one_short_line_whatever_is_in_it() {
    for &template in Template::ALL {
        let value = format!("a\r\nBcc: {SECRET}\u{2028}\0{}", "x".repeat(500));
        let Mail { variables, .. } = mail_of(template, &value);
        let mail = Mail { variables, secret: Some(SECRET.into()) };
        let subject = rendered(&mail).subject;
        assert!(!subject.is_empty() && subject.chars().count() <= 120, "{subject}");
        assert!(!subject.chars().any(|c| c.is_control() || c == '\u{2028}'), "{subject:?}");
        let plain = Mail { secret: Some(SECRET.into()), ..samples::mail(template) };
        assert!(!rendered(&plain).subject.contains(SECRET), "{template}");
    }
}

#[test]
fn values_are_escaped_in_html_and_literal_in_text() {
    const VALUE: &str = "<script>\"'&";
    // In a text or attribute, in a link's query, and in its path.
    const ESCAPED: [&str; 3] =
        ["&#60;script&#62;&#34;&#39;&#38;", "%3Cscript%3E%22%27%26", "%3Cscript%3E%22&#39;&#38;"];
    for &template in Template::ALL {
        let Rendered { html, text, .. } = rendered(&mail_of(template, VALUE));
        assert!(html.contains(ESCAPED[0]), "{html}");
        let known = ESCAPED.into_iter().chain(["aria-roledescription", "subscription", "noscript"]);
        let rest = known.fold(html, |html, known| html.replace(known, ""));
        assert!(!rest.contains("script"), "{rest}");
        assert!(text.contains(VALUE), "{text}");
    }
}

#[test]
fn text_has_no_entities() {
    for &template in Template::ALL {
        for mail in [samples::mail(template), mail_of(template, "<script>\"'& Jo")] {
            let text = rendered(&mail).text;
            let entity = text.split('&').skip(1).find(|rest| {
                let name = rest.trim_start_matches(|c: char| c == '#' || c.is_ascii_alphanumeric());
                name.starts_with(';')
            });
            assert_eq!(entity, None, "{text}");
        }
    }
}

/// What follows each `name="`, unescaped.
fn attributes(html: &str, name: &str) -> Vec<String> {
    let opening = format!("{name}=\"");
    let values = html.split(&opening).skip(1).map(|part| part.split('"').next().unwrap_or_default());
    values.map(|value| value.replace("&#38;", "&").replace("&#39;", "'")).collect()
}

#[test]
fn links_lead_to_the_app_or_to_the_support_only() {
    let logo: Url = "https://static.nextcrm.example/logo.png".parse().expect("an address");
    let app_url: Url = "https://app.nextcrm.example/crm/".parse().expect("an address");
    let brand = Brand { app_url, logo: Some(logo.clone()), ..samples::brand() };
    let attempts = [
        "https://evil.example/",
        "//evil.example/\" href=\"https://evil.example/",
        "../../..",
        "x\r\nhttps://evil.example/\nx",
        "@evil.example",
        "javascript:alert(1)",
    ];
    let mut leading = 0;
    for &template in Template::ALL {
        for value in attempts {
            let Rendered { html, text, .. } = render(&mail_of(template, value), &brand).expect("rendered");
            let links = attributes(&html, "href");
            assert!(links.len() >= 3, "button, address, support: {links:?}");
            for link in links {
                let is_page = Url::parse(&link).is_ok_and(|link| {
                    link.host_str() == Some("app.nextcrm.example") && link.path().starts_with("/crm/")
                });
                assert!(is_page || link == "mailto:support@nextcrm.example", "{template}: {link}");
            }
            assert_eq!(attributes(&html, "src"), [logo.as_str()]);
            assert!(!html.contains("url(") && !html.contains("@import"), "a style loads something");
            let on_their_own: Vec<_> =
                text.lines().filter(|line| line.contains("://") && !line.contains(' ')).collect();
            leading += usize::from(!on_their_own.is_empty());
            for line in on_their_own {
                assert!(line.starts_with("https://app.nextcrm.example/crm/"), "{template}: {line}");
            }
        }
    }
    assert!(leading >= 5 * attempts.len(), "{leading} mails have a link on a line of its own");
}

#[test]
fn a_value_cannot_add_lines_to_a_text() {
    let value = "x\r\n\r\nSign in here:\rhttps://evil.example/\u{2028}y\u{85}z";
    for &template in Template::ALL {
        let honest = rendered(&mail_of(template, "x")).text;
        let text = rendered(&mail_of(template, value)).text;
        let own = text.lines().filter(|line| !line.starts_with('>')).count();
        let expected = honest.lines().filter(|line| !line.starts_with('>')).count();
        assert_eq!(own, expected, "{text}");
    }
}

#[test]
fn every_line_of_a_reason_is_shown() {
    let Rendered { html, text, .. } = rendered(&mail_of(Template::TenantSuspended, "One & two.\n\nThree."));
    assert!(html.contains(">One &#38; two.<br><br>Three.<"), "{html}");
    assert!(text.contains("\nReason:\n> One & two.\n>\n> Three.\n"), "{text}");
}

#[test]
fn a_letter_without_its_secret_is_not_written() {
    for &template in Template::ALL {
        let mail = Mail { secret: None, ..samples::mail(template) };
        let written = render(&mail, &samples::brand());
        match template.secret_variable() {
            Some(_) => assert!(matches!(written, Err(RenderError::NoSecret)), "{template}"),
            None => assert!(written.is_ok(), "{template}"),
        }
    }
}

#[test]
fn a_secret_stands_in_both_parts_and_in_no_debug_output() {
    for template in Template::ALL.iter().copied().filter(|template| template.secret_variable().is_some()) {
        let rendered = rendered(&Mail { secret: Some(SECRET.into()), ..samples::mail(template) });
        assert!(rendered.html.contains(SECRET) && rendered.text.contains(SECRET), "{template}");
        assert!(!format!("{rendered:?}").contains(SECRET), "{template}");
    }
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    for &template in Template::ALL {
        let mail = samples::mail(template);
        assert_eq!(rendered(&mail), rendered(&mail.clone()), "{template}");
        let other = Brand { name: "Other".into(), ..samples::brand() };
        assert_ne!(rendered(&mail), render(&mail, &other).expect("rendered"), "{template}");
    }
}

#[test]
fn a_brand_shows_in_every_part() {
    let support: EmailAddress = "help@garage.example".parse().expect("an address");
    let color: crate::domain::Color = "#7c2d12".parse().expect("a colour");
    let logo: Url = "https://garage.example/logo.png?a=1&b=2".parse().expect("an address");
    let brand = Brand { name: "Garage & Co".into(), support, color, logo: Some(logo), ..samples::brand() };
    for &template in Template::ALL {
        let Rendered { html, text, .. } = render(&samples::mail(template), &brand).expect("rendered");
        assert!(html.contains("src=\"https://garage.example/logo.png?a=1&#38;b=2\" alt=\"Garage &#38; Co\""), "{html}");
        assert!(html.contains("bgcolor=\"#7c2d12\"") && html.contains("mailto:help@garage.example"), "{html}");
        assert!(text.contains("Garage & Co") && text.contains("help@garage.example"), "{text}");
        assert!(!html.contains("NextCRM") && !text.contains("NextCRM"), "{html}");
    }
}
