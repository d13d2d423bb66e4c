//! Invoices as PDF: A4, the fonts that every reader has.

use chrono::{DateTime, Utc};
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::{
    money::{Sums, dollars},
    orders::Order,
};

/// What stands around the lines.
pub struct Bill<'a> {
    pub number: &'a str,
    pub order: &'a Order,
    pub issued: DateTime<Utc>,
    pub due: DateTime<Utc>,
    pub sums: Sums,
}

/// A line.
pub struct Item<'a> {
    pub sku: &'a str,
    pub name: &'a str,
    pub quantity: u32,
    pub unit_cents: i64,
    pub total_cents: i64,
}

const PLAIN: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");
const LEFT: f32 = 48.0;
const RIGHT: f32 = 547.0;
const UNIT: f32 = 455.0;
const QUANTITY: f32 = 375.0;
const NAME: f32 = 140.0;
const FIRST_LINE: f32 = 600.0;
const LAST_LINE: f32 = 130.0;
const STEP: f32 = 16.0;

/// The document.
pub fn pdf(bill: &Bill<'_>, items: &[Item<'_>]) -> Vec<u8> {
    let on_page = ((FIRST_LINE - LAST_LINE) / STEP) as usize;
    let pages: Vec<&[Item<'_>]> = if items.is_empty() { vec![&[]] } else { items.chunks(on_page).collect() };
    let count = pages.len();

    let mut ids = (1..).map(Ref::new);
    let mut id = move || ids.next().unwrap_or(Ref::new(i32::MAX));
    let (catalog, tree, plain, bold, info) = (id(), id(), id(), id(), id());
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).lang(TextStr("en-AU"));
    let page_ids: Vec<(Ref, Ref)> = pages.iter().map(|_| (id(), id())).collect();
    pdf.pages(tree).kids(page_ids.iter().map(|(page, _)| *page)).count(i32::try_from(count).unwrap_or(1));
    for (font, name) in [(plain, "Helvetica"), (bold, "Helvetica-Bold")] {
        pdf.type1_font(font).base_font(Name(name.as_bytes())).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for (at, ((page_id, content_id), lines)) in page_ids.into_iter().zip(pages).enumerate() {
        let mut page = pdf.page(page_id);
        page.media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).parent(tree).contents(content_id);
        page.resources().fonts().pair(PLAIN, plain).pair(BOLD, bold);
        page.finish();
        let mut sheet = Sheet(Content::new());
        head(&mut sheet, bill, at + 1, count);
        let bottom = body(&mut sheet, lines);
        if at + 1 == count {
            sums(&mut sheet, bill, bottom - STEP);
        }
        pdf.stream(content_id, &sheet.0.finish());
    }
    pdf.document_info(info)
        .title(TextStr(&format!("Tax invoice {}", bill.number)))
        .producer(TextStr("capricorn-sandbox"));
    pdf.finish()
}

struct Sheet(Content);

impl Sheet {
    fn text(&mut self, font: Name<'_>, size: f32, x: f32, y: f32, text: &str) {
        let bytes: Vec<u8> = text.chars().map(|char| u8::try_from(u32::from(char)).unwrap_or(b'?')).collect();
        self.0.begin_text().set_font(font, size).next_line(x, y).show(Str(&bytes)).end_text();
    }

    /// Ends at `x`; for digits and what stands between them.
    fn amount(&mut self, font: Name<'_>, size: f32, x: f32, y: f32, text: &str) {
        let width = |char| match char {
            '.' | ',' | ' ' => 0.278,
            '-' => 0.333,
            _ => 0.556,
        };
        let width: f32 = text.chars().map(width).sum();
        self.text(font, size, x - width * size, y, text);
    }

    fn rule(&mut self, y: f32) {
        self.0.set_line_width(0.6).move_to(LEFT, y).line_to(RIGHT, y).stroke();
    }
}

fn head(sheet: &mut Sheet, bill: &Bill<'_>, page: usize, pages: usize) {
    let order = bill.order;
    sheet.text(BOLD, 20.0, LEFT, 775.0, "Tax invoice");
    sheet.text(PLAIN, 9.0, LEFT, 758.0, "Capricorn Society (sandbox). Made-up goods: nothing is owed.");
    let facts = [
        ("Invoice", bill.number.to_owned()),
        ("Order", order.id.clone()),
        ("Your reference", order.client_reference.clone()),
        ("Purchase order", order.purchase_order_number.clone().unwrap_or_else(|| "-".to_owned())),
        ("Customer", order.customer_id.clone()),
        ("Issued", bill.issued.format("%d %b %Y").to_string()),
        ("Due", bill.due.format("%d %b %Y").to_string()),
    ];
    for (row, (label, value)) in facts.iter().enumerate() {
        let y = 732.0 - row as f32 * 14.0;
        sheet.text(BOLD, 9.0, LEFT, y, label);
        sheet.text(PLAIN, 9.0, NAME, y, value);
    }
    sheet.text(PLAIN, 8.0, 500.0, 40.0, &format!("Page {page} of {pages}"));
    let y = FIRST_LINE + 18.0;
    for (x, title) in [
        (LEFT, "Part"),
        (NAME, "Description"),
        (QUANTITY - 18.0, "Qty"),
        (UNIT - 25.0, "Price"),
        (RIGHT - 29.0, "Amount"),
    ] {
        sheet.text(BOLD, 9.0, x, y, title);
    }
    sheet.rule(y - 5.0);
}

fn body(sheet: &mut Sheet, items: &[Item<'_>]) -> f32 {
    let mut y = FIRST_LINE;
    for item in items {
        let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
        sheet.text(PLAIN, 8.5, LEFT, y, &cut(item.sku, 18));
        sheet.text(PLAIN, 8.5, NAME, y, &cut(item.name, 48));
        sheet.amount(PLAIN, 8.5, QUANTITY, y, &item.quantity.to_string());
        sheet.amount(PLAIN, 8.5, UNIT, y, &dollars(item.unit_cents));
        sheet.amount(PLAIN, 8.5, RIGHT, y, &dollars(item.total_cents));
        y -= STEP;
    }
    y
}

fn sums(sheet: &mut Sheet, bill: &Bill<'_>, mut y: f32) {
    sheet.rule(y + STEP + 4.0);
    let Sums { subtotal, gst } = bill.sums;
    let rows = [(PLAIN, "Subtotal", subtotal), (PLAIN, "GST 10 %", gst), (BOLD, "Total AUD", bill.sums.total())];
    for (font, label, cents) in rows {
        sheet.text(font, 9.5, QUANTITY, y, label);
        sheet.amount(font, 9.5, RIGHT, y, &dollars(cents));
        y -= STEP;
    }
}
