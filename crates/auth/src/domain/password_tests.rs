use kernel::OsEntropy;
use rstest::rstest;

use super::*;

fn personal() -> PersonalWords {
    PersonalWords::of("Jo", "Smithers-Wong", &"j.abernathy@ironbark.example".parse().expect("an address"))
}

fn codes(text: &str) -> Vec<String> {
    match NewPassword::parse("newPassword", &text.into(), &personal()) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(|error| error.code.to_string()).collect(),
    }
}

#[rstest]
#[case::four_classes("Gr3at-Gum", &[])]
#[case::passphrase("magpie gravel lantern", &[])]
#[case::exactly_fifteen("magpiegravellan", &[])]
#[case::fourteen("magpiegravella", &["TOO_WEAK"])]
#[case::eight("Ab1-efgh", &[])]
#[case::seven("Ab1-efg", &["TOO_SHORT"])]
#[case::no_special("Abc1efgh9", &["TOO_WEAK"])]
#[case::common("Password1!", &["TOO_COMMON"])]
#[case::common_in_disguise("P@$$w0rdP@$$w0rd", &["TOO_COMMON"])]
#[case::common_and_weak("qwertyuiop", &["TOO_WEAK", "TOO_COMMON"])]
#[case::name("Smithers#99x", &["CONTAINS_PERSONAL"])]
#[case::half_a_name("xx-wong-YY-42", &["CONTAINS_PERSONAL"])]
#[case::part_of_the_address("aBERnathy-77", &["CONTAINS_PERSONAL"])]
#[case::domain("Ironbark-77x", &["CONTAINS_PERSONAL"])]
#[case::our_name("N3xtCRM-rules", &["CONTAINS_PERSONAL"])]
#[case::two_letters_are_no_name("Banjo-4-Hire", &[])]
#[case::top_level_domain_is_nobodys("My-Example-77", &[])]
fn the_policy(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(codes(text), expected);
}

#[test]
fn length_is_counted_in_bytes_after_normalisation() {
    assert_eq!(codes(&"é-Gum9".repeat(16)), Vec::<String>::new(), "112 bytes");
    assert_eq!(codes(&"x".repeat(129)), ["TOO_LONG"]);
    assert!(codes(&format!("{}-Gum-9", "x".repeat(122))).is_empty(), "128 bytes");
    // U+FDFA is one character of three bytes that NFKC turns into 33.
    assert_eq!(codes(&"\u{fdfa}".repeat(20)), ["TOO_LONG"]);
    assert_eq!(codes(&"x".repeat(2000)), ["TOO_LONG"]);
}

#[test]
fn errors_name_the_clients_field() {
    let errors = NewPassword::parse("owner.password", &"x".into(), &personal()).expect_err("short");
    assert!(!errors.is_empty());
    assert!(errors.iter().all(|error| error.field == "owner.password"));
}

#[test]
fn the_list_of_common_passwords_is_sound() {
    let lines: Vec<&str> = include_str!("common_passwords.txt").lines().collect();
    assert!(lines.is_sorted(), "sorted, so that changes show");
    assert_eq!(COMMON.len(), lines.len(), "no entry twice");
    assert!(lines.iter().all(|line| line.len() >= MIN_BYTES && folded(line) == *line));
    let would_pass_otherwise = |line: &&&str| {
        line.chars().count() >= PASSPHRASE_CHARS
            || (line.chars().any(char::is_numeric) && line.chars().any(|c| !c.is_alphanumeric()))
    };
    assert!(lines.iter().filter(would_pass_otherwise).count() >= 3_000);
}

#[test]
fn temporary_passwords_pass_and_differ() {
    let made: HashSet<String> =
        (0..200).map(|_| NewPassword::temporary(&OsEntropy, &personal()).secret().expose_secret().to_owned()).collect();
    assert_eq!(made.len(), 200);
    for text in made {
        assert_eq!(text.len(), 19);
        assert!(codes(&text).is_empty());
        assert!(!text.contains(['0', 'O', '1', 'l', 'I', 'i', 'o']));
    }
}
