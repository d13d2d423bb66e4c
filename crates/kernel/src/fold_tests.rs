use proptest::prelude::*;

use super::*;

#[test]
fn spellings_of_one_text_fold_alike() {
    for (one, other) in [
        ("ÖLWANNE", "ölwanne"),
        ("u\u{308}ber", "Über"),
        ("STRASSE", "straße"),
        ("STRAẞE", "strasse"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Ｊｏ　Ｗｏｎｇ", "jo wong"),
        ("oﬃce", "OFFICE"),
        ("№ ５", "no 5"),
        ("Jo\u{a0}\t Wong", "jo wong"),
        ("Ga\u{ad}ra\u{200d}ge", "garage"),
        ("\u{130}stanbul", "i\u{307}STANBUL"),
        ("ǰ", "J\u{30c}"),
    ] {
        assert_eq!(fold(one), fold(other), "{one} and {other}");
    }
    // The dotless i is a letter of its own, everywhere.
    assert_ne!(fold("ısı"), fold("ISI"));
}

#[test]
fn folding_any_character_again_changes_nothing() {
    for c in '\0'..=char::MAX {
        let once = fold(&c.to_string());
        assert_eq!(fold(&once), once, "U+{:04X}", c as u32);
    }
}

proptest! {
    #[test]
    fn folding_again_changes_nothing(text in "\\PC{0,24}", marks in "[a-zA-ZßİıŉͅΑᾳ\u{300}-\u{345}\u{3164}\u{200d}]{0,12}") {
        for text in [text.clone(), marks.clone(), format!("{text}{marks}"), format!("{marks}{text}")] {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }

    #[test]
    fn decomposed_and_composed_are_one(text in "\\PC{0,24}") {
        let folded = fold(&text);
        prop_assert_eq!(fold(&text.nfd().collect::<String>()), folded.clone());
        prop_assert_eq!(fold(&text.nfc().collect::<String>()), folded);
    }

    #[test]
    fn a_text_finds_itself(text in "\\PC{0,24}") {
        let mut sought = words(&text);
        sought.sort();
        sought.dedup();
        let fixture = search_words([text.as_str()]);
        prop_assert_eq!(fixture.split_whitespace().collect::<Vec<_>>(), sought);
        prop_assert!(search_text(["x", text.as_str()]).contains(&fold(&text)));
    }
}

#[test]
fn wildcards_are_taken_literally_after_folding() {
    assert_eq!(search_pattern("50％＿"), "%50\\%\\_%");
}

#[test]
fn a_search_stays_within_a_part() {
    let text = search_text_of_person("Jo", "Wong", "x@garage.example");
    assert_eq!(text, "jo wong\nwong jo\nx@garage.example");
    assert!(!text.contains(&fold("Wong\nWong")));
}

#[test]
fn words_are_letters_digits_and_their_marks() {
    assert_eq!(words("TKT-01ABC: jo@garage.test"), ["tkt", "01abc", "jo", "garage", "test"]);
    assert_eq!(words("?! -- ; '"), Vec::<String>::new());
    assert_eq!(words("हिन्दी"), ["हिन्दी"]);
    let long = words(&"x".repeat(MAX_WORD + 1));
    assert_eq!(long, ["x".repeat(MAX_WORD)]);
    assert_eq!(search_words(["b a", "A c"]), "a b c");
}
